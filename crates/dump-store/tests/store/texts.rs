//! Versions of dumps whose rows changed everywhere: stored as differences of their texts, and what goes wrong with these.
#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's helper fails the test"
)]

use std::io::Write as _;
use std::time::{Duration, SystemTime};

use crate::common::developer::{Developer, memory};
use crate::common::{Server, prefix};
use dump_gzip::MemberWriter;
use dump_store::{
    ErrorKind, Fault, Item, MemoryStore, Meter, ObjectStore, Oid, Step, TransferError, Uploaded,
};

const ROWS: u64 = 40_000;

/// A dump of rows, of which `edit` says what a column has.
fn dump(rows: u64, edit: impl Fn(u64) -> u64) -> Vec<u8> {
    let mut writer = MemberWriter::new(Vec::new(), 2);
    writer.write_all(b"COPY orders FROM stdin;\n").unwrap();
    for number in 0..rows {
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let value = edit(number);
        writeln!(
            writer,
            "{number}\tcustomer {}\t{value}\t2024-01-{:02} 10:00:00\t{mixed:016x}",
            mixed % 5000,
            mixed % 28 + 1
        )
        .unwrap();
    }
    writer.finish().unwrap()
}

/// The version in which so many times another row of a hundred has changed.
fn scattered(version: u64) -> Vec<u8> {
    dump(ROWS, |number| {
        let mixed = number.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 32;
        let changed = (1..=version).rev().find(|version| mixed % 100 == *version);
        1000 + mixed % 9000 + changed.map_or(0, |version| 10_000 * version)
    })
}

/// Three of them.
fn three() -> [Vec<u8>; 3] {
    [scattered(0), scattered(1), scattered(2)]
}

fn percent(bytes: u64, of: &[u8]) -> u64 {
    bytes * 100 / of.len() as u64
}

#[tokio::test]
async fn one_row_in_a_hundred_costs_a_few_percent_both_ways() {
    let store = memory();
    let (mut one, mut two) = (Developer::new(&store), Developer::new(&store));
    let [first, second, third] = three();
    one.push(&first).await;
    two.fetch(&first).await;
    for content in [&second, &third] {
        let before = store.bytes(Step::Put) + store.bytes(Step::PutPart);
        one.push(content).await;
        let pushed = percent(
            store.bytes(Step::Put) + store.bytes(Step::PutPart) - before,
            content,
        );
        assert!(pushed < 5, "{pushed} % were pushed");
        assert!(one.is_recipe(content).await);
        let before = store.bytes(Step::Get);
        two.fetch(content).await;
        let fetched = percent(store.bytes(Step::Get) - before, content);
        assert!(fetched < 5, "{fetched} % were fetched");
        let before = store.bytes(Step::Get);
        Developer::new(&store).fetch(content).await;
        let fetched = percent(store.bytes(Step::Get) - before, content);
        assert!(
            fetched <= 105,
            "{fetched} % were fetched into an empty clone"
        );
        let (oid, size) = (Oid::of(content), content.len() as u64);
        two.transfers
            .verify(&oid, size, &Meter::new())
            .await
            .unwrap();
    }
}

/// A column of which every value is another one costs what it weighs by itself, compressed as the dump is, and the places
/// where its values go.
#[tokio::test]
async fn a_column_costs_what_it_weighs() {
    let store = memory();
    let mut one = Developer::new(&store);
    one.push(&scattered(0)).await;
    let value = |number: u64| 1000 + number * 7919 % 9000;
    let changed = dump(ROWS, value);
    let before = store.bytes(Step::Put) + store.bytes(Step::PutPart);
    one.push(&changed).await;
    let pushed = store.bytes(Step::Put) + store.bytes(Step::PutPart) - before;
    let mut writer = MemberWriter::new(Vec::new(), 1);
    for number in 0..ROWS {
        writeln!(writer, "{}", value(number)).unwrap();
    }
    let column = writer.finish().unwrap().len() as u64;
    assert!(
        pushed * 4 < column * 5,
        "{pushed} bytes were pushed, and the column has {column} of {}",
        changed.len()
    );
    Developer::new(&store).fetch(&changed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_come_back_from_an_s3_server() {
    let server = Server::start();
    let store = server.store();
    let prefix = prefix(&store);
    let mut one = Developer::below(&store, &prefix, false);
    let dumps: Vec<Vec<u8>> = (0..3)
        .map(|version| {
            dump(80_000, |number| {
                number % 1000 + u64::from(number % 100 == version)
            })
        })
        .collect();
    for content in &dumps {
        one.push(content).await;
        assert_eq!(one.try_push(content).await.unwrap(), Uploaded::AlreadyThere);
    }
    for content in &dumps {
        Developer::below(&store, &prefix, false)
            .fetch(content)
            .await;
    }
}

/// Each on the one before, from a machine that has only that.
#[tokio::test]
async fn a_long_history_stays_near_and_comes_back() {
    let store = memory();
    let mut content = scattered(0);
    let mut pusher = Developer::new(&store);
    pusher.push(&content).await;
    let mut whole = 1;
    let mut versions = vec![content.clone()];
    for version in 1..24 {
        let mut next = Developer::new(&store);
        next.fetch(&content).await;
        content = scattered(version);
        next.push(&content).await;
        let before = store.bytes(Step::Get);
        Developer::new(&store).fetch(&content).await;
        let fetched = percent(store.bytes(Step::Get) - before, &content);
        assert!(fetched <= 116, "version {version} is {fetched} % far");
        whole += u64::from(!next.is_recipe(&content).await);
        versions.push(content.clone());
    }
    assert!((1..8).contains(&whole), "{whole} of 24 are whole");
    let stored: u64 = store.inner().keys().len() as u64;
    assert!(stored < 100, "{stored} keys");
    for content in [&versions[1], &versions[12], &versions[23]] {
        Developer::new(&store).fetch(content).await;
        pusher.fetch(content).await;
    }
}

#[tokio::test]
async fn rows_that_come_go_and_move_are_differences_too() {
    let store = memory();
    let mut one = Developer::new(&store);
    one.push(&scattered(0)).await;
    let fewer = dump(ROWS - 3000, |number| 1000 + number % 10);
    let other = dump(ROWS, |number| 1000 + number % 10);
    for content in [
        fewer,
        other,
        scattered(3),
        scattered(0),
        dump(10, |number| number),
    ] {
        one.try_push(&content).await.unwrap();
        Developer::new(&store).fetch(&content).await;
    }
}

/// The header is as ours, and the bytes are another encoder's.
#[tokio::test]
async fn members_that_would_not_come_again_are_stored_as_they_are() {
    let member = |text: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        encoder.write_all(text).unwrap();
        let mut member = encoder.finish().unwrap();
        member[..10].copy_from_slice(&dump_gzip::MEMBER_HEADER);
        member
    };
    let foreign = |dump: &[u8]| {
        let text = dump_gzip::unfold(dump, 64 << 20).unwrap().text;
        text.chunks(300_000)
            .map(member)
            .collect::<Vec<_>>()
            .concat()
    };
    let (first, second) = (foreign(&scattered(0)), foreign(&scattered(1)));
    let store = MemoryStore::new();
    let mut one = Developer::who_pushed(&store, &[&first]).await;
    one.push(&second).await;
    assert!(one.has(Item::object(Oid::of(&second))).await);
    Developer::new(&store).fetch(&second).await;
    // A member of ours among them is a difference, the others are as they were.
    let mixed = [&second[..], &scattered(0)].concat();
    one.push(&mixed).await;
    let more = [&second[..], &scattered(1)].concat();
    one.push(&more).await;
    assert!(one.is_recipe(&more).await);
    Developer::new(&store).fetch(&more).await;
}

#[tokio::test]
async fn a_version_before_that_is_damaged_here_is_not_believed() {
    let store = memory();
    let [first, second, third] = three();
    Developer::who_pushed(&store, &[&first, &second]).await;
    for damage in [
        |content: &mut Vec<u8>| content[60_000] ^= 1,
        |content: &mut Vec<u8>| content.fill(0),
        |content: &mut Vec<u8>| content.truncate(1000),
    ] {
        let mut two = Developer::new(&store);
        let mut damaged = first.clone();
        damage(&mut damaged);
        two.add(&first);
        std::fs::write(two.path(&first), damaged).unwrap();
        two.fetch(&second).await;
        // Nor is it built on.
        two.try_push(&third).await.unwrap();
        Developer::new(&store).fetch(&third).await;
    }
}

#[tokio::test]
async fn a_damaged_or_missing_pack_of_differences_is_named_and_made_anew() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let mut one = Developer::who_pushed(&store, &[&first, &second]).await;
    let (pack, oid, size) = (
        one.pack_of(&second).await,
        Oid::of(&second),
        second.len() as u64,
    );
    let key = one.layout.key(&pack);
    let right = store.read(&key).unwrap().to_vec();
    let mut bytes = right.clone();
    bytes[20] ^= 1;
    store.write(&key, bytes, SystemTime::now());
    let error = Developer::new(&store)
        .try_fetch(&second)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(&one.address(pack)) && error.contains("is damaged"),
        "{error}"
    );
    let error = one
        .transfers
        .verify(&oid, size, &Meter::new())
        .await
        .unwrap_err();
    assert!(matches!(error, TransferError::Source { .. }), "{error}");
    store.delete(&key).await.unwrap();
    let error = Developer::new(&store)
        .try_fetch(&second)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(&one.address(pack)) && error.ends_with("isn't there"),
        "{error}"
    );
    // Whoever has the object pushes it again, and it is whole or made of something that is there.
    one.push(&second).await;
    Developer::new(&store).fetch(&second).await;
}

#[tokio::test]
async fn a_base_that_is_gone_is_put_back_by_who_has_it() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let mut one = Developer::who_pushed(&store, &[&first, &second]).await;
    let key = one.layout.key(&Item::object(Oid::of(&first)));
    store.delete(&key).await.unwrap();
    assert!(Developer::new(&store).try_fetch(&second).await.is_err());
    // Who has only the later version, and the pack, stores that.
    let mut two = Developer::new(&store);
    two.push(&second).await;
    Developer::new(&store).fetch(&second).await;
    one.push(&first).await;
    Developer::new(&store).fetch(&first).await;
}

#[tokio::test]
async fn what_was_taken_out_is_still_made_of() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    for item in [
        Item::object(Oid::of(&first)),
        one.pack_of(&second).await,
        Item::recipe(Oid::of(&second)),
    ] {
        one.transfers.take_out(&item).await.unwrap();
        Developer::new(&store).fetch(&second).await;
    }
}

/// Every byte of a recipe matters: what is changed is found out, or changes nothing.
#[tokio::test]
async fn a_recipe_that_was_changed_makes_nothing_else() {
    let store = MemoryStore::new();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    let key = one.layout.key(&Item::recipe(Oid::of(&second)));
    let text = store.read(&key).unwrap().to_vec();
    assert!(text.starts_with(b"lfs-agent recipe 2\n"));
    for at in (0..text.len()).step_by(text.len() / 40) {
        let mut changed = text.clone();
        changed[at] ^= 1;
        store.write(&key, changed, SystemTime::now());
        let error = Developer::new(&store).try_fetch(&second).await.unwrap_err();
        assert!(
            matches!(error, TransferError::Recipe { .. }),
            "{at}: {error}"
        );
    }
}

#[tokio::test]
async fn a_fetch_of_texts_goes_on_where_it_broke_off() {
    let store = memory();
    let [first, second, _] = three();
    Developer::who_pushed(&store, &[&first, &second]).await;
    let before = store.calls(Step::Get);
    Developer::new(&store).fetch(&second).await;
    let requests = store.calls(Step::Get) - before;
    // Several connections ask at once: which request is the last that is answered, and what was written by then, is
    // up to the scheduler. So it breaks off at each of them, and what the next process asks for again is compared.
    let mut fetched = Vec::new();
    for answered in 1..requests {
        let mut two = Developer::new(&store);
        let refused = std::iter::repeat_n(Fault::Refused(ErrorKind::Denied), 1000);
        let faults = std::iter::repeat_n(Fault::None, answered).chain(refused);
        store.plan(Step::Get, faults);
        two.try_fetch(&second).await.unwrap_err();
        store.forget_plans();
        let before = store.bytes(Step::Get);
        two.fetch(&second).await;
        fetched.push(percent(store.bytes(Step::Get) - before, &second));
    }
    let least = fetched.iter().min().unwrap();
    assert!(
        *least < 85,
        "some of it was there already: {fetched:?} % were fetched after it broke off"
    );
}

#[tokio::test]
async fn broken_connections_and_damaged_bytes_pass() {
    let store = memory();
    let [first, second, _] = three();
    let one = Developer::who_pushed(&store, &[&first, &second]).await;
    let faults = [
        Fault::Flipped,
        Fault::None,
        Fault::Short(100_000, false),
        Fault::Flipped,
        Fault::Short(7000, true),
        Fault::Refused(ErrorKind::Server),
        Fault::Stalled,
    ];
    store.plan(Step::Get, faults);
    Developer::new(&store).fetch(&second).await;
    store.plan(
        Step::Get,
        [
            Fault::None,
            Fault::None,
            Fault::Flipped,
            Fault::Short(50_000, false),
        ],
    );
    let (oid, size) = (Oid::of(&second), second.len() as u64);
    one.transfers
        .verify(&oid, size, &Meter::new())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_push_of_texts_that_is_killed_anywhere_is_done_by_the_next() {
    for (step, before) in [
        (Step::List, 0),
        (Step::CreateParts, 0),
        (Step::PutPart, 0),
        (Step::CompleteParts, 0),
        (Step::List, 1),
        (Step::Put, 0),
        (Step::List, 2),
    ] {
        let store = memory();
        let [first, second, _] = three();
        let mut one = Developer::who_pushed(&store, &[&first]).await;
        let faults = std::iter::repeat_n(Fault::None, before).chain([Fault::Stalled]);
        store.plan(step, faults);
        let hangs = async {
            while store.planned(step) > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            // The pack may be so small that it goes in one piece.
            pushed = one.try_push(&second) => { pushed.unwrap(); }
            () = hangs => {}
        }
        let (oid, size) = (Oid::of(&second), second.len() as u64);
        if one.has(Item::recipe(oid)).await {
            one.transfers
                .verify(&oid, size, &Meter::new())
                .await
                .unwrap();
        }
        one.try_push(&second).await.unwrap();
        let mut two = Developer::new(&store);
        two.fetch(&second).await;
        assert!(
            !two.has(Item::object(oid)).await,
            "{step:?} {before}: stored as a recipe"
        );
    }
}
