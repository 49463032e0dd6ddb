//! Names of time zones, and how far each lies from Greenwich: those that Ruby's `date` knows (3.2.2 was asked, with
//! every word of up to five letters that might be one). They are its own: `sst` is Samoa's, `ist` India's.

/// Seconds east of Greenwich, and the names in lower case, parted by strokes. A letter alone is a military zone.
const ZONES: &[(i64, &str)] = &[
    (-43200, "y|aoe|idlw|dateline"),
    (-39600, "x|nt|nut|sst|samoa"),
    (-36000, "w|ckt|hst|ahst|hast|taht|hawaiian"),
    (-32400, "v|hdt|yst|akst|gamt|hadt|alaskan"),
    (-30600, "mart"),
    (-28800, "u|pst|ydt|akdt|pacific"),
    (-25200, "t|mst|pdt|us mountain|mountain"),
    (
        -21600,
        "s|cst|mdt|east|galt|canada central|central america|central|mexico",
    ),
    (
        -18000,
        "r|act|cdt|cot|ect|est|pet|cist|easst|sa pacific|us eastern|eastern",
    ),
    (
        -14400,
        "q|ast|bot|clt|edt|fkt|gyt|vet|cidst|pacific sa|sa western|atlantic",
    ),
    (-12600, "newfoundland"),
    (
        -10800,
        "p|adt|art|brt|gft|srt|uyt|wgt|clst|fkst|pmst|pyst|rott|warst|\
         e. south america|sa eastern|greenland",
    ),
    (-9000, "nst"),
    (-7200, "o|at|fnt|brst|pmdt|uyst|wgst"),
    (-5400, "ndt"),
    (-3600, "n|cvt|egt|azot|cape verde|azores"),
    (0, "z|ut|wt|gmt|utc|wet|egst|azost|greenwich"),
    (
        3600,
        "a|bst|cet|fwt|met|mez|swt|wat|mewt|west|central europe|central european|\
         w. central africa|w. europe|romance",
    ),
    (
        7200,
        "b|cat|eet|fle|fst|gtb|cest|mest|mesz|sast|wast|egypt|e. europe|south africa|\
         jerusalem",
    ),
    (
        10800,
        "c|bt|eat|fet|idt|msk|trt|arab|eest|syot|e. africa|arabic|russian",
    ),
    (12600, "iran|irst"),
    (
        14400,
        "d|azt|get|msd|mut|ret|sct|kuyt|samt|arabian|caucasus",
    ),
    (16200, "aft|irdt|afghanistan"),
    (
        18000,
        "e|mvt|pkt|tft|tjt|tmt|uzt|aqtt|azst|mawt|orat|yekt|west asia|ekaterinburg",
    ),
    (19800, "ist|india"),
    (20700, "npt|nepal"),
    (
        21600,
        "f|btt|iot|kgt|almt|omst|qyzt|vost|yekst|central asia|n. central asia|sri lanka",
    ),
    (23400, "cct|mmt|myanmar"),
    (
        25200,
        "g|cxt|ict|wib|davt|hovt|krat|novt|novst|omsst|north asia|se asia",
    ),
    (
        28800,
        "h|bnt|hkt|myt|pht|sgt|awst|cast|chot|irkt|ulat|wadt|wita|hovst|krast|\
         north asia east|malay peninsula|w. australia|china|taipei",
    ),
    (31500, "acwst"),
    (
        32400,
        "i|jst|kst|pwt|tlt|wit|awdt|yakt|chost|irkst|ulast|korea|tokyo|yakutsk",
    ),
    (34200, "acst|aus central|cen. australia"),
    (
        36000,
        "k|gst|pgt|aest|chst|chut|ddut|vlat|yapt|yakst|aus eastern|e. australia|\
         west pacific|tasmania|vladivostok",
    ),
    (37800, "acdt|lhst"),
    (
        39600,
        "l|nct|nft|sbt|vut|aedt|eadt|kost|lhdt|magt|pont|sakt|sret|vlast|central pacific",
    ),
    (
        43200,
        "m|fjt|mht|nrt|nzt|tvt|wft|anat|fiji|gilt|idle|nfdt|nzst|pett|wakt|anast|\
         magst|petst|new zealand",
    ),
    (45900, "chast"),
    (46800, "tkt|tot|fjst|nzdt|phot|tonga"),
    (49500, "chadt"),
    (50400, "lint|tost"),
];

/// How far a zone lies east of Greenwich, in seconds. None for a name that means nothing, which Ruby leaves out too.
pub(super) fn offset(zone: &str) -> Option<i64> {
    let folded = zone.to_ascii_lowercase();
    let words: Vec<&str> = folded.split_ascii_whitespace().collect();
    let name = words.join(" ");
    let (name, summer) = ["daylight time", "dst"]
        .iter()
        .find_map(|ending| name.strip_suffix(ending)?.strip_suffix(' '))
        .map_or((name.as_str(), 0), |name| (name, 3600));
    let name = name.strip_suffix(" standard time").unwrap_or(name);
    let known = ZONES
        .iter()
        .find(|(_, names)| names.split('|').any(|known| known == name))
        .map(|(seconds, _)| seconds + summer);
    known.or_else(|| numeric(name))
}

/// `+9`, `-0330`, `+09:30:15`, `utc+1.5`
fn numeric(zone: &str) -> Option<i64> {
    let digits = ["gmt", "utc"]
        .iter()
        .find_map(|name| zone.strip_prefix(name))
        .unwrap_or(zone);
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, digits.strip_prefix('+')?),
    };
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    let seconds = if digits.contains(':') {
        let mut parts = digits.split(':').map(number);
        let mut next = || parts.next().unwrap_or(0);
        next() * 3600 + next() * 60 + next()
    } else if let Some((hours, fraction)) = digits.split_once([',', '.']) {
        // Finer than a second means nothing to a zone.
        let fraction = fraction.get(..9).unwrap_or(fraction);
        let scale = 10_i64.pow(u32::try_from(fraction.len()).unwrap_or(0));
        number(hours) * 3600 + number(fraction) * 3600 / scale
    } else {
        // With an odd number of digits the hour has one.
        let hour = if digits.len() % 2 == 1 { 1 } else { 2 };
        let part = |from: usize, to: usize| digits.get(from..to).map_or(0, number);
        part(0, hour) * 3600 + part(hour, hour + 2) * 60 + part(hour + 2, hour + 4)
    };
    Some(sign * seconds)
}
