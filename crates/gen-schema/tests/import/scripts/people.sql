-- Statements as people write them, in lower case: run by PostgreSQL and read by us, it comes to the same database.
create table users (
  id bigserial primary key,
  email varchar(255) not null unique,
  name text default '' not null,
  age int check (age > 0),
  role text not null default 'user' check (role in ('user','admin')),
  created_at timestamptz not null default now(),
  check (age < 200), check (length(name) < 50 and age > 1)
);
create table posts (id uuid primary key default gen_random_uuid(), user_id bigint not null references users(id) on delete cascade, title text, body text, tags text[] default '{}', meta jsonb default '{}'::jsonb, unique (user_id, title), foreign key (user_id) references users);
create index on posts (user_id);
create index on posts (lower(title));
create index on posts ((meta->>'x'));
create index posts_tags on posts using gin (tags);
create unique index on posts (user_id, lower(title), (title || 'x')) where title is not null;
alter table users add column nick text, add column score numeric(5,2) default 0, add constraint nick_len check (length(nick) < 20);
alter table users rename column nick to nickname;
alter table users drop column age;
alter table posts rename to articles;
alter table articles alter column title set not null, alter column body type varchar(1000), alter column body set default 'x';
alter table articles rename constraint posts_user_id_title_key to articles_unique;
alter index posts_tags rename to articles_tags;
create type mood as enum ('sad','ok');
alter type mood add value 'happy' after 'ok';
alter type mood add value if not exists 'meh' before 'ok';
alter table users add column m mood not null default 'sad';
alter type mood rename to feeling;
alter type feeling rename value 'meh' to 'so-so';
create table comments (id int generated always as identity primary key, article_id uuid references articles, parent int references comments on delete set null);
drop table if exists nothing;
drop table comments;
create table comments (id serial, article_id uuid constraint fk references articles (id) deferrable initially deferred, primary key (id));
comment on table users is 'people';
comment on column users.score is 'points';
comment on column users.score is null;
create or replace function touch() returns trigger language plpgsql as $$ begin new.created_at = now(); return new; end $$;
create trigger t before update on users for each row execute function touch();
create or replace function touch() returns trigger language plpgsql as $$ begin return new; end $$;
drop trigger t on users;
create trigger t2 before update on users for each row execute procedure touch();
create view v as select id, email from users;
drop view v;
create or replace view v as select id, name from users;
create or replace view v as select id, name, email from users;
insert into users (email) values ('a'); update users set name = 'x';
alter table articles drop constraint articles_unique;
alter table articles drop constraint if exists nope;
alter table users alter score drop default, alter score drop not null;
