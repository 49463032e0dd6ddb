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

/// Whether the `title` of a table's rows is what they are called, not that of something written.
pub(crate) fn is_titled(table: &NameParts) -> bool {
    matches!(
        singular(table.last()).as_str(),
        "product"
            | "sku"
            | "item"
            | "variant"
            | "goods"
            | "merchandise"
            | "workspace"
            | "tenant"
            | "organization"
            | "organisation"
            | "company"
            | "account"
    )
}

/// Words that end as names of people's roles do, and aren't.
const NO_PEOPLE: &[&str] = &[
    "diner",
    "poster",
    "sticker",
    "flower",
    "charter",
    "locker",
    "tracker",
    "marker",
    "slider",
    "reader_device",
    "helper",
    "wrapper",
    "stamper",
    "tanker",
    "cutter",
    "motor",
    "corridor",
    "mixer",
    "conveyor",
    "compressor",
    "dryer",
    "washer",
    "laser",
    "barber",
    "drawer",
    "shower",
    "chamber",
    "timber",
    "rubber",
    "butter",
    "pepper",
    "burger",
    "cider",
    "wafer",
    "leader_board",
    "disaster",
    "encounter",
    "adventure",
    "dispenser",
    "holder_type",
    "blister",
    "filter_set",
    "plaster",
    "quarter_end",
    "career",
    "flyer",
    "ruler",
    "heater",
    "planner",
    "thermometer",
    "diameter",
    "identifier",
    "modifier",
    "qualifier",
    "multiplier",
    "placeholder",
    "divider",
    "ladder",
    "connector",
    "refrigerator",
    "competitor",
    "guarantee",
    "covenant",
    "warrant",
    "pendant",
    "hanger",
    "tuner",
    "amplifier",
    "beer",
    "supper",
    "dinner",
    "breaker",
    "blender",
    "converter",
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
    let is_list = word.ends_with("list")
        && !matches!(
            word,
            "specialist" | "journalist" | "stylist" | "cyclist" | "finalist" | "panelist"
        );
    ends && !is_list && !NO_PEOPLE.contains(&word)
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
            | "usher"
            | "cashier"
            | "operator"
            | "technician"
            | "mechanic"
            | "captain"
            | "waiter"
            | "waitress"
            | "chef"
            | "cook"
            | "guide"
            | "librarian"
            | "cleaner"
            | "engineer"
            | "consultant"
            | "adviser"
            | "advisor"
            | "lawyer"
            | "attorney"
            | "tutor"
            | "learner"
            | "lessee"
            | "lessor"
            | "landlord"
            | "renter"
            | "debtor"
            | "creditor"
            | "claimant"
            | "shareholder"
            | "investor"
            | "voter"
            | "citizen"
            | "inhabitant"
            | "founder"
            | "editor"
            | "writer"
            | "photographer"
            | "translator"
            | "interpreter"
            | "actor"
            | "actress"
            | "musician"
            | "singer"
            | "composer"
            | "athlete"
            | "swimmer"
            | "runner"
            | "rider"
            | "friend"
            | "colleague"
            | "manager"
            | "director"
            | "secretary"
            | "receptionist"
            | "inspector"
            | "auditor"
            | "approver"
            | "maintainer"
            | "visitor"
            | "sitter"
            | "breeder"
            | "vet"
            | "veterinarian"
            | "dentist"
            | "surgeon"
            | "therapist"
            | "pharmacist"
            | "midwife"
            | "caretaker"
            | "examiner"
            | "graduate"
            | "professor"
            | "lecturer"
            | "researcher"
            | "scientist"
            | "farmer"
            | "grower"
            | "worker"
            | "labourer"
            | "freelancer"
            | "salesperson"
            | "representative"
            | "broker"
            | "barista"
            | "stylist"
            | "hairdresser"
            | "counselor"
            | "counsellor"
            | "clinician"
            | "practitioner"
            | "rescuer"
            | "firefighter"
            | "plumber"
            | "electrician"
            | "carpenter"
            | "gardener"
            | "analyst"
            | "developer"
            | "designer"
            | "tester"
            | "recruiter"
            | "interviewer"
            | "interviewee"
            | "staffer"
            | "personnel"
            | "schoolchild"
            | "kid"
            | "adult"
            | "senior"
            | "mother"
            | "father"
            | "relative"
            | "spouse"
            | "hero"
            | "villain"
    )
}
