//! Tables that tell more than their columns' names do: what the `name` of a row is, and the tables that frameworks bring
//! along, whose columns hold what the framework writes.

use crate::generators::{Aspect, Part};
use crate::plan::names::{NameParts, singular};
use crate::plan::topics::Topic;

/// Columns of the tables that Rails and the gems around it make, and their topics.
const OF_FRAMEWORKS: &[(&str, &str, Topic)] = &[
    ("active_storage_blobs", "key", Topic::Hexadecimal(28)),
    (
        "active_storage_blobs",
        "service_name",
        Topic::OneOf(&["local"]),
    ),
    (
        "active_storage_blobs",
        "content_type",
        Topic::OneOf(&["application/pdf"]),
    ),
    (
        "active_storage_attachments",
        "name",
        Topic::OneOf(&["image", "avatar", "document", "file"]),
    ),
    (
        "action_text_rich_texts",
        "name",
        Topic::OneOf(&["body", "content", "description"]),
    ),
    ("versions", "whodunnit", Topic::Number),
    (
        "taggings",
        "context",
        Topic::OneOf(&["tags", "topics", "skills"]),
    ),
    (
        "oauth_applications",
        "name",
        Topic::OneOf(&["Mobile App", "Dashboard", "Partner API", "Reporting"]),
    ),
    (
        "delayed_jobs",
        "handler",
        Topic::OneOf(&[
            "--- !ruby/object:CleanupJob {}\\n",
            "--- !ruby/object:ReportJob {}\\n",
        ]),
    ),
];

/// The topic of a column that a framework fills.
pub(crate) fn of_framework(table: &NameParts, column: &NameParts) -> Option<Topic> {
    OF_FRAMEWORKS
        .iter()
        .find(|(of, name, _)| *of == table.whole && *name == column.whole)
        .map(|(_, _, topic)| *topic)
}

/// What the `name` of a table's rows is, by the table's last word.
pub(crate) fn name_of(table: &NameParts) -> Topic {
    let last = singular(table.last());
    match last.as_str() {
        _ if is_people(table) => Topic::Person(Aspect::NumberedName),
        "company" | "organization" | "organisation" | "org" | "vendor" | "supplier" | "brand"
        | "manufacturer" | "publisher" | "client" | "account" | "shop" | "store" | "tenant"
        | "partner" | "agency" | "institution" | "employer" | "sponsor" | "merchant" | "entity"
        | "firm" | "business" | "charity" | "association" | "club" | "retailer" | "distributor"
        | "workspace" | "customer_company" | "carrier" | "contractor" | "producer" | "instance"
        | "payer" | "issuer" => Topic::Company,
        _ if named_after_its_kind(&last).is_some() => named_after_its_kind(&last)
            .map_or(Topic::Company, |(english, japanese, city)| {
                Topic::Named(english, japanese, city)
            }),
        "category" | "genre" | "tag" | "topic" | "label" | "section" | "type" | "kind"
        | "collection" | "list" | "folder" | "board" | "forum" | "channel" | "calendar"
        | "facet" | "filter" | "option" | "level" | "interest" | "subject" | "area" => {
            Topic::Category
        }
        "department" | "team" | "division" | "group" => Topic::Department,
        "country" => Topic::Country,
        "city" | "town" | "location" | "place" | "constituency" | "district" | "destination" => {
            Topic::Place(Part::City)
        }
        "prefecture" | "state" | "region" | "province" => Topic::Place(Part::Region),
        "color" | "colour" => Topic::ColorName,
        "language" => Topic::LanguageName,
        "role" => Topic::OneOf(&["member", "editor", "admin", "owner", "viewer"]),
        "permission" | "perm" | "privilege" | "ability" => {
            Topic::OneOf(&["read", "write", "delete", "invite", "manage"])
        }
        "license" | "licence" => Topic::OneOf(&["MIT", "Apache-2.0", "BSD-3-Clause", "GPL-3.0"]),
        "locale" => Topic::Language,
        "project" | "event" | "course" | "campaign" | "post" | "page" | "book" | "survey"
        | "lesson" | "task" | "activity" | "opportunity" | "template" | "moment" | "trip"
        | "tour" | "visit" | "query" | "dashboard" | "search" | "report" | "meeting"
        | "program" | "programme" | "exam" | "quiz" | "assessment" | "chapter" | "session"
        | "workshop" | "webinar" | "petition" | "announcement" | "article" | "story" => {
            Topic::Title
        }
        "file" | "attachment" | "document" | "blob" | "image" | "photo" | "upload" => {
            Topic::FileName
        }
        "repository" | "repo" | "rubygem" | "gem" | "package" | "dependency" | "setting"
        | "preference" | "flag" | "feature" | "parameter" | "service" | "key" | "token"
        | "queue" | "index" | "field" | "attribute" | "variable" | "property" | "table"
        | "column" | "sheet" => Topic::Slug,
        "domain" | "host" | "server" => Topic::Domain,
        "job" | "worker" | "klass" => Topic::OneOf(&["CleanupJob", "ReportJob", "NotificationJob"]),
        "controller" => Topic::OneOf(&["users", "sessions", "orders", "products"]),
        "action" => Topic::OneOf(&["index", "show", "create", "update", "destroy"]),
        "login" => Topic::Person(Aspect::UserName),
        "family" => Topic::Person(Aspect::FamilyName),
        _ => Topic::Product,
    }
}

/// What stands in the name of a hotel or a warehouse, in both languages, and whether it is called after a city.
fn named_after_its_kind(kind: &str) -> Option<(&'static str, &'static str, bool)> {
    Some(match kind {
        "hotel" | "inn" => ("Hotel", "ホテル", false),
        "hospital" => ("Hospital", "病院", false),
        "clinic" | "practice" => ("Clinic", "クリニック", false),
        "school" => ("School", "学校", false),
        "university" | "college" => ("College", "大学", false),
        "bank" => ("Bank", "銀行", false),
        "restaurant" | "diner" => ("Restaurant", "食堂", false),
        "cafe" => ("Café", "珈琲店", false),
        "library" => ("Library", "図書館", true),
        "museum" => ("Museum", "美術館", true),
        "theater" | "theatre" | "cinema" => ("Theatre", "劇場", false),
        "venue" | "hall" => ("Hall", "ホール", true),
        "stadium" | "arena" => ("Arena", "競技場", true),
        "gym" => ("Gym", "ジム", false),
        "salon" => ("Salon", "サロン", false),
        "studio" => ("Studio", "スタジオ", false),
        "airline" => ("Airlines", "航空", false),
        "airport" => ("Airport", "空港", true),
        "pharmacy" => ("Pharmacy", "薬局", false),
        "farm" => ("Farm", "農園", false),
        "branch" => ("Branch", "支店", true),
        "office" => ("Office", "営業所", true),
        "warehouse" => ("Warehouse", "倉庫", true),
        "depot" => ("Depot", "車庫", true),
        "plant" | "factory" => ("Plant", "工場", true),
        "site" | "facility" => ("Site", "拠点", true),
        "campus" => ("Campus", "校", true),
        "classroom" => ("Room", "教室", true),
        "station" => ("Station", "駅", true),
        "port" | "harbour" | "harbor" => ("Port", "港", true),
        "terminal" => ("Terminal", "ターミナル", true),
        "building" | "apartment" => ("House", "ハイツ", false),
        "insurer" => ("Insurance", "保険", false),
        _ => return None,
    })
}

/// Words that end as names of people's roles do, and aren't.
const NO_PEOPLE: &[&str] = &[
    "order",
    "offer",
    "number",
    "letter",
    "folder",
    "layer",
    "server",
    "computer",
    "printer",
    "filter",
    "header",
    "footer",
    "paper",
    "register",
    "center",
    "theater",
    "chapter",
    "semester",
    "quarter",
    "tier",
    "container",
    "carrier",
    "transfer",
    "voucher",
    "ticket",
    "parameter",
    "counter",
    "timer",
    "sensor",
    "color",
    "floor",
    "door",
    "error",
    "factor",
    "vector",
    "mirror",
    "elevator",
    "monitor",
    "indicator",
    "calculator",
    "generator",
    "operator_type",
    "newsletter",
    "trigger",
    "banner",
    "router",
    "adapter",
    "controller",
    "scheduler",
    "supplier",
    "retailer",
    "manufacturer",
    "publisher",
    "distributor",
    "vendor",
    "contractor",
    "employer",
    "insurer",
    "provider",
    "sponsor",
    "producer",
    "issuer",
    "payer",
    "registrar",
    "processor",
    "dealer",
    "department",
    "document",
    "payment",
    "shipment",
    "equipment",
    "component",
    "content",
    "event",
    "agreement",
    "appointment",
    "assignment",
    "comment",
    "attachment",
    "investment",
    "apartment",
    "plant",
    "restaurant",
    "variant",
    "tenant",
    "merchant",
    "grant",
    "constant",
    "instrument",
    "environment",
    "deployment",
    "experiment",
    "treatment",
    "segment",
    "increment",
    "statement",
    "enrollment",
    "fee",
    "committee",
    "coffee",
    "employee_type",
    "tree",
    "degree",
    "list",
    "checklist",
    "wishlist",
    "playlist",
    "specialist_type",
    "weather",
    "water",
    "power",
    "tower",
    "customer_order",
    "answer",
    "matter",
    "character",
    "cover",
    "driver_type",
    "master",
    "cluster",
    "ledger",
    "buffer",
    "worker",
    "reminder",
    "remainder",
    "tender",
    "gender",
    "calendar",
    "trailer",
    "boiler",
    "freezer",
    "cylinder",
    "cooler",
    "charger",
    "other",
    "price_tier",
    "cashier_desk",
    "river",
    "user_agent",
    "event_type",
    "element",
    "movement",
    "requirement",
    "measurement",
    "adjustment",
    "settlement",
    "installment",
    "instalment",
    "increment",
    "moment",
    "minister_name",
    "aliment",
    "garment",
    "patent",
    "accent",
    "percent",
    "rent",
    "talent",
    "parent_company",
    "extent",
    "intent",
    "incident",
    "accident",
    "current",
    "present",
    "account",
    "discount",
    "amount",
    "count",
    "unit",
    "visit",
    "deposit",
    "permit",
    "credit",
    "audit",
    "monument",
    "pavement",
    "argument",
    "donor_type",
    "author_type",
    "meter",
    "liter",
    "litre",
    "border",
    "fiber",
    "member_type",
    "barrier",
    "courier",
    "player_type",
    "browser",
    "scanner",
    "loader",
    "uploader",
    "importer",
    "exporter",
    "parser",
    "mailer",
    "handler",
    "logger",
];

/// Whether a word is that of somebody who does something: `claimant`, `adjuster`, `inspector`.
pub(crate) fn is_role(word: &str) -> bool {
    let ends = ["er", "or", "ant", "ee", "ist", "ian", "man", "woman"]
        .iter()
        .any(|end| word.len() > end.len() + 2 && word.ends_with(end));
    ends && !NO_PEOPLE.contains(&word)
}

/// Whether a table's rows are people, by its last word.
pub(crate) fn is_people(table: &NameParts) -> bool {
    let last = singular(table.last());
    if last != table.last() && is_role(&last) {
        return true;
    }
    matches!(
        singular(table.last()).as_str(),
        "user"
            | "person"
            | "member"
            | "employee"
            | "staff"
            | "student"
            | "teacher"
            | "patient"
            | "doctor"
            | "author"
            | "contact"
            | "admin"
            | "administrator"
            | "driver"
            | "player"
            | "guest"
            | "participant"
            | "applicant"
            | "candidate"
            | "customer"
            | "profile"
            | "owner"
            | "artist"
            | "nurse"
            | "instructor"
            | "borrower"
            | "reader"
            | "speaker"
            | "attendee"
            | "subscriber"
            | "lead"
            | "submitter"
            | "volunteer"
            | "signer"
            | "recipient"
            | "sender"
            | "reviewer"
            | "contributor"
            | "collaborator"
            | "payee"
            | "donor"
            | "coach"
            | "coache"
            | "guardian"
            | "mentor"
            | "beneficiary"
            | "resident"
            | "child"
            | "parent"
            | "agent"
            | "organizer"
            | "invitee"
            | "signatory"
            | "signature"
            | "cardholder"
            | "judge"
            | "minister"
            | "invitation"
            | "registrant"
            | "referee"
            | "trainer"
            | "trainee"
            | "carer"
            | "caregiver"
            | "youth"
            | "buyer"
            | "seller"
            | "organiser"
            | "moderator"
            | "follower"
            | "traveller"
            | "passenger"
            | "officer"
            | "clerk"
            | "pilot"
            | "supervisor"
            | "physician"
            | "pupil"
            | "policyholder"
            | "householder"
    )
}
