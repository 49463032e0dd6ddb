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
        | "manufacturer" | "publisher" | "client" | "account" | "shop" | "store" | "office"
        | "tenant" | "hospital" | "clinic" | "school" | "bank" | "restaurant" | "partner"
        | "agency" | "institution" | "employer" | "sponsor" | "merchant" | "entity" | "firm"
        | "business" | "charity" | "association" | "club" | "retailer" | "distributor"
        | "workspace" | "hotel" | "library" | "gym" | "cafe" | "salon" | "studio" | "theater"
        | "theatre" | "museum" | "airline" | "pharmacy" | "farm" | "customer_company"
        | "branch" | "carrier" | "insurer" | "contractor" | "producer" | "warehouse"
        | "instance" | "payer" | "issuer" => Topic::Company,
        "category" | "genre" | "tag" | "topic" | "label" | "section" | "type" | "kind"
        | "collection" | "list" | "folder" | "board" | "forum" | "channel" | "calendar"
        | "facet" | "filter" | "option" | "level" | "interest" | "subject" | "area" => {
            Topic::Category
        }
        "department" | "team" | "division" | "group" => Topic::Department,
        "country" => Topic::Country,
        "city" | "town" | "location" | "place" | "venue" | "constituency" | "station"
        | "district" | "destination" => Topic::Place(Part::City),
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

/// Whether a table's rows are people, by its last word.
pub(crate) fn is_people(table: &NameParts) -> bool {
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
    )
}
