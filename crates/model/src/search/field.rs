//! The fields of the search language: two tables of names, types and meanings, from which parsing, completion, errors
//! and `docs/search.md` are made, so that none of them can disagree with another.

use super::token::is_of_name;
use super::words;
use crate::steps::StepKind;

/// What a field's values are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueType {
    /// Text.
    Text(Match),
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A version such as `17.4`: text that can also be compared, part by part.
    Version,
    /// A number.
    Number(Unit),
    /// An HTTP status: a number, or a class such as `5xx`.
    Status,
    /// A day, or a minute of a day, where the site lives.
    Time,
    /// What the site set: text, which can be compared where it is a number.
    Any,
    /// What a session is, see [`super::State`].
    State,
    /// What a session has, see [`super::Thing`].
    Thing,
}

/// How text is compared; never by case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Match {
    /// The whole text.
    Whole,
    /// Any part of it, unless there is a `*`.
    Part,
    /// A path: what begins with `/` is the whole path, other text any part of it, unless there is a `*`.
    Path,
    /// Method and path: what begins with `/` is the path under any method; with a method it is the whole; other text is any part.
    Endpoint,
}

/// What a number counts or measures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Things; whole numbers.
    Count,
    /// Milliseconds, written with a unit of time.
    Time,
    /// CSS px.
    Pixels,
    /// A score without a unit, such as CLS.
    Score,
}

/// What is said of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldAbout {
    /// Its name; one that ends with a dot is followed by a key of the site's own.
    pub name: &'static str,
    /// Other names that are understood, and printed as the name.
    pub aliases: &'static [&'static str],
    /// What its values are.
    pub ty: ValueType,
    /// What it says.
    pub doc: &'static str,
    /// A clause with it.
    pub example: &'static str,
}

/// A field of the search language.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// Whatever people read of a session.
    Text,
    /// A property that a session has once.
    Session(SessionField),
    /// A property of each event of a kind.
    Event(EventField),
}

macro_rules! fields {
    ($(#[$meta:meta])* $enum:ident {
        $($variant:ident $name:literal $aliases:tt ($ty:expr) $($kind:ident)? $doc:literal $example:literal)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $enum {
            $(#[doc = $doc] $variant,)+
        }

        impl $enum {
            /// All, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// What is said of it.
            pub const fn about(self) -> FieldAbout {
                match self {
                    $(Self::$variant => FieldAbout {
                        name: $name, aliases: &$aliases, ty: $ty, doc: $doc, example: $example,
                    },)+
                }
            }
        }

        fields!(@kinds $enum $($($variant $kind)?)+);
    };
    (@kinds $enum:ident) => {};
    (@kinds $enum:ident $($variant:ident $kind:ident)+) => {
        impl $enum {
            /// The kind of events that it looks at. `StepKind::Request` is every HTTP call here, not only failed ones.
            pub const fn kind(self) -> StepKind {
                match self {
                    $(Self::$variant => StepKind::$kind,)+
                }
            }
        }
    };
}

const WHOLE: ValueType = ValueType::Text(Match::Whole);
const PART: ValueType = ValueType::Text(Match::Part);
const PATH: ValueType = ValueType::Text(Match::Path);
const ENDPOINT: ValueType = ValueType::Text(Match::Endpoint);
const COUNT: ValueType = ValueType::Number(Unit::Count);
const SPAN: ValueType = ValueType::Number(Unit::Time);
const PX: ValueType = ValueType::Number(Unit::Pixels);

const TEXT: FieldAbout = FieldAbout {
    name: "text",
    aliases: &[],
    ty: PART,
    doc: "The user, a page, a label of a click, a field, a form, a failed request, an error or a custom event; also written without a field. A whole id finds its session or visitor.",
    example: "text:checkout",
};

fields! {
    /// Properties that a session has once.
    SessionField {
        User "user" [] (WHOLE)
            "The site's id of the person, or the e-mail address." "user:john@example.com"
        UserId "user.id" ["user_id"] (WHOLE)
            "The site's id of the person." "user.id:u_42"
        Email "user.email" ["email"] (WHOLE)
            "The person's e-mail address: the trait `email`." "user.email:*@example.com"
        Trait "user." [] (ValueType::Any)
            "A trait of the person, by its key." "user.plan:pro"
        Visitor "visitor" ["visitor_id"] (WHOLE)
            "Id of the person-device." "visitor:019a0f5e-7c00-7000-8000-000000000002"
        Session "session" ["session_id", "id"] (WHOLE)
            "Id of the session." "session:019a0f5e-7c00-7000-8000-000000000001"
        Previous "previous" ["previous_session_id"] (WHOLE)
            "Id of the visitor's session before." "previous:*"

        Is "is" [] (ValueType::State)
            "What the session is: live, settled, bounced, returning, new, identified, anonymous or bot." "is:live"
        Has "has" [] (ValueType::Thing)
            "What the session has: errors, failed, rage, dead, replay, user or form; with the name of another field, whether that has a value." "has:errors"

        Started "started" ["start"] (ValueType::Time)
            "First activity, in days and minutes where the site lives." "started:2026-11-23T09:30..2026-11-24"
        Duration "duration" [] (SPAN)
            "From the first to the last activity." "duration:1m..5m"
        Active "active" [] (SPAN)
            "Visible time with interaction gaps of at most 30 s." "active:>30s"
        Pages "pages" ["page_views"] (COUNT)
            "Page views." "pages:>=3"
        Clicks "clicks" [] (COUNT)
            "Clicks." "clicks:0"
        Submits "submits" [] (COUNT)
            "Form submissions." "submits:>1"
        Interactions "interactions" [] (COUNT)
            "Clicks, submissions and inputs." "interactions:>=10"
        Requests "requests" [] (COUNT)
            "HTTP calls that the page made." "requests:>100"
        FailedRequests "failed_requests" [] (COUNT)
            "HTTP calls without a response that the page did not give up, or with a status of 400 and over." "failed_requests:>=3"
        Errors "errors" [] (COUNT)
            "Errors." "errors:>=2"
        RageClicks "rage_clicks" [] (COUNT)
            "Rage clicks." "rage_clicks:>1"
        DeadClicks "dead_clicks" [] (COUNT)
            "Dead clicks." "dead_clicks:>1"
        ErrorClicks "error_clicks" [] (COUNT)
            "Clicks followed by an error." "error_clicks:>1"
        CustomEvents "custom_events" [] (COUNT)
            "Events of the site's own." "custom_events:0"
        Events "events" [] (COUNT)
            "All events." "events:>500"
        Tabs "tabs" [] (COUNT)
            "Tabs that sent an event." "tabs:>1"
        StartReason "start_reason" [] (ValueType::Choice(words::START_REASONS))
            "Why it began." "start_reason:first_visit"
        EndReason "end_reason" [] (ValueType::Choice(words::END_REASONS))
            "Why it ended; live sessions have none." "end_reason:logout"

        Entry "entry" ["entry_page", "landing_page"] (PATH)
            "Path of the first page view, or its template." "entry:/products/*"
        EntryTitle "entry.title" [] (PART)
            "Title of the first page viewed." "entry.title:sale"
        EntryLoad "entry.load" [] (SPAN)
            "Load time of the first full page load." "entry.load:>3s"
        Exit "exit" ["exit_page"] (PATH)
            "Path of the last page view, or its template; of a live session the last so far." "exit:/checkout"
        ExitTitle "exit.title" [] (PART)
            "Title of the last page viewed." "exit.title:\"not found\""
        Channel "channel" [] (ValueType::Choice(words::CHANNELS))
            "What brought the visitor." "channel:(search OR paid)"
        Referrer "referrer" ["referer"] (PART)
            "URL of the page before the entry page, on another host." "referrer:news.example"
        UtmSource "utm_source" [] (WHOLE)
            "Campaign parameter of the entry URL." "utm_source:newsletter"
        UtmMedium "utm_medium" [] (WHOLE)
            "Campaign parameter of the entry URL." "utm_medium:email"
        UtmCampaign "utm_campaign" ["campaign"] (WHOLE)
            "Campaign parameter of the entry URL." "utm_campaign:spring*"
        UtmTerm "utm_term" [] (WHOLE)
            "Campaign parameter of the entry URL." "utm_term:shoes"
        UtmContent "utm_content" [] (WHOLE)
            "Campaign parameter of the entry URL." "utm_content:banner"

        Device "device" [] (ValueType::Choice(words::DEVICES))
            "Class of the device." "device:mobile"
        DeviceModel "device.model" ["model"] (WHOLE)
            "Model of the device, where told." "device.model:iPhone"
        Browser "browser" [] (WHOLE)
            "Name of the browser." "browser:Firefox"
        BrowserVersion "browser.version" ["browser_version"] (ValueType::Version)
            "Its major version." "browser.version:<100"
        Os "os" [] (WHOLE)
            "Name of the operating system." "os:iOS"
        OsVersion "os.version" ["os_version"] (ValueType::Version)
            "Its version." "os.version:>=17.4"
        ScreenWidth "screen.width" ["screen_width"] (PX)
            "Width of the screen." "screen.width:<768px"
        ScreenHeight "screen.height" ["screen_height"] (PX)
            "Height of the screen." "screen.height:>=1080px"
        Language "language" ["lang"] (WHOLE)
            "BCP 47." "language:de*"
        Country "country" [] (WHOLE)
            "ISO 3166-1 alpha-2." "country:(DE OR FR)"
        Region "region" [] (WHOLE)
            "Region, in English." "region:Bavaria"
        City "city" [] (WHOLE)
            "City, in English." "city:\"San Francisco\""
        Release "release" [] (ValueType::Version)
            "Version of the site's own code at the first event." "release:>=2.4.0"
        Bot "bot" [] (ValueType::Choice(words::BOTS))
            "Why it is thought to be no person's." "bot:headless"
        Skew "clock_skew" [] (SPAN)
            "What was added to the client's times." "clock_skew:>1h"
        Clamped "clamped" [] (COUNT)
            "Events whose times lay in the future and were clamped." "clamped:>0"
    }
}

fields! {
    /// Properties of events; each kind has its own.
    EventField {
        Page "page" ["path", "url"] (PATH) Page
            "Path of a page view, or its template. Within { } of another event, the page that it happened on." "page:/products/*"
        Load "load" ["load_time"] (SPAN) Page
            "Load time of a page view." "load:>3s"
        Ttfb "ttfb" [] (SPAN) Page
            "Time to first byte of a page view." "ttfb:>800ms"
        DomReady "dom_ready" [] (SPAN) Page
            "Until the document of a page view was ready." "dom_ready:>2s"
        Fcp "fcp" [] (SPAN) Page
            "First contentful paint of a page view." "fcp:>1.8s"
        Lcp "lcp" [] (SPAN) Page
            "Largest contentful paint of a page view." "lcp:>2.5s"
        Inp "inp" [] (SPAN) Page
            "Interaction to next paint of a page view." "inp:>200ms"
        Cls "cls" [] (ValueType::Number(Unit::Score)) Page
            "Cumulative layout shift of a page view." "cls:>0.25"
        Click "click" [] (WHOLE) Click
            "Label of a click." "click:\"Add to Cart\""
        Rage "rage" [] (WHOLE) Click
            "Label of a rage click." "rage:Pay"
        Dead "dead" [] (WHOLE) Click
            "Label of a dead click." "dead:*"
        ErrorClick "error_click" [] (WHOLE) Click
            "Label of a click followed by an error." "error_click:Pay"
        Input "input" [] (WHOLE) Input
            "Field that was filled in, after its form: `checkout: email`." "input:\"checkout: email\""
        Submit "submit" ["form"] (WHOLE) Submit
            "Form that was submitted." "submit:checkout"
        Request "request" ["endpoint"] (ENDPOINT) Request
            "HTTP call: its method and the template of its path, or the path alone." "request:\"POST /api/cart\""
        Failed "failed" ["failed_request"] (ENDPOINT) Request
            "The same of a call that failed." "failed:/api/*"
        Status "status" [] (ValueType::Status) Request
            "HTTP status of a call, 0 where there was no response." "status:5xx"
        RequestDuration "request.duration" ["request_duration"] (SPAN) Request
            "From the call to the last byte." "request.duration:>1s"
        RequestFailure "request.failure" [] (ValueType::Choice(words::FAILURES)) Request
            "Why a call had no response." "request.failure:timeout"
        Error "error" ["error.name"] (WHOLE) Error
            "Type of an error." "error:PaymentError"
        ErrorMessage "error.message" [] (PART) Error
            "Its message, in which numbers, ids and quoted values are replaced by *." "error.message:declined"
        ErrorFrame "error.frame" [] (PART) Error
            "Where in the site's own code: function and file." "error.frame:checkout.js"
        ErrorGroup "error.group" [] (WHOLE) Error
            "Errors that are alike in type, message and frame have one group." "error.group:9f86d081884c"
        Event "event" ["custom"] (WHOLE) Custom
            "Name of an event of the site's own." "event:purchase"
        Prop "event." [] (ValueType::Any) Custom
            "A property of such an event, by its key." "event.total:>100"
    }
}

impl Field {
    /// All, in the order in which they are offered.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        let of_sessions = SessionField::ALL.iter().map(|&field| Self::Session(field));
        let of_events = EventField::ALL.iter().map(|&field| Self::Event(field));
        of_sessions.chain(of_events).chain(std::iter::once(Self::Text))
    }

    /// What is said of it.
    pub const fn about(self) -> FieldAbout {
        match self {
            Self::Text => TEXT,
            Self::Session(field) => field.about(),
            Self::Event(field) => field.about(),
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.about().name
    }

    /// Whether its name is followed by a key of the site's own.
    pub fn is_keyed(self) -> bool {
        self.name().ends_with('.')
    }

    /// The field of a name, or alias, in any case; with the key where it takes one.
    pub fn of_name(name: &str) -> Option<(Self, Option<&str>)> {
        let is_named = |field: &Self| {
            let about = field.about();
            std::iter::once(&about.name).chain(about.aliases).any(|known| known.eq_ignore_ascii_case(name))
        };
        if let Some(field) = Self::all().filter(|field| !field.is_keyed()).find(is_named) {
            return Some((field, None));
        }
        Self::all().filter(|field| field.is_keyed()).find_map(|field| {
            let prefix = field.name();
            let (start, key) = name.split_at_checked(prefix.len())?;
            let is_key = !key.is_empty() && key.chars().all(is_of_name);
            (start.eq_ignore_ascii_case(prefix) && is_key).then_some((field, Some(key)))
        })
    }
}
