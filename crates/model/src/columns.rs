//! The columns of the lake's tables: one table of names, types, units and meanings, from which the files' schemas, the
//! batches that analyses scan, and `docs/lake.md` are made, so that none of them can disagree with another.
//!
//! A session is a document in columns: what happened in it is kept as parallel lists (`step_…`, `view_…`, `request_…` and so on),
//! each list of a group as long as the others of that group, in order of time. Parallel lists, and not lists of
//! structs, since a reader then pays only for the parts it asks for, and every engine can unnest them.

/// The type of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnType {
    /// UUID in its usual text form.
    Id,
    /// UTF-8 text with many different values.
    Text,
    /// UTF-8 text with few different values, kept as a dictionary.
    Word,
    /// An instant, UTC, microseconds.
    Time,
    /// A calendar day, UTC.
    Day,
    /// 32-bit integer.
    Int,
    /// 64-bit integer.
    Long,
    /// 64-bit floating point number.
    Float,
    /// True or false.
    Bool,
    /// List of words.
    Words,
    /// List of 32-bit integers.
    Ints,
    /// List of 64-bit floating point numbers.
    Floats,
}

/// What is said of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name in files and queries.
    pub name: &'static str,
    /// Its type.
    pub ty: ColumnType,
    /// Whether it, or an element of its list, may be null.
    pub nullable: bool,
    /// Unit; empty where there is none.
    pub unit: &'static str,
    /// What it says, and where that comes from.
    pub doc: &'static str,
}

macro_rules! nullable {
    (some) => {
        false
    };
    (maybe) => {
        true
    };
}

macro_rules! columns {
    ($(#[$meta:meta])* $enum:ident { $($variant:ident $name:literal $ty:ident $null:ident $unit:literal $doc:literal)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $enum {
            $(#[doc = $doc] $variant,)+
        }

        impl $enum {
            /// All, in the order of the files.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// What is said of it.
            pub const fn column(self) -> Column {
                match self {
                    $(Self::$variant => Column {
                        name: $name, ty: ColumnType::$ty, nullable: nullable!($null), unit: $unit, doc: $doc,
                    },)+
                }
            }

            /// Its name in files and queries.
            pub const fn name(self) -> &'static str {
                self.column().name
            }

            /// Its place in [`Self::ALL`].
            pub const fn index(self) -> usize {
                self as usize
            }
        }
    };
}

columns! {
    /// Columns of `sessions`: one row per session. `site` and `day` are the table's partitions.
    SessionColumn {
        Site "site" Word some "" "Id of the site; partition."
        Day "day" Day some "" "UTC day of the session's start; partition."
        Id "session_id" Id some "" "The session. The client mints it; parts that the server split off get ids derived from it."
        Hint "client_session_id" Id some "" "The client's own idea of the session: the same as session_id unless the server split it."
        Visitor "visitor_id" Id some "" "Pseudonymous person-device."
        User "user_id" Text maybe "" "The site's id of the person, the last one known in the session."
        Email "user_email" Text maybe "" "The person's trait email, where it is text."
        Traits "user_traits" Text maybe "" "The site's properties of the person, a JSON object."
        TraitKey "trait_key" Words some "" "The same properties as lists, for searches: the key."
        TraitValue "trait_value" Words some "" "The value as text: true, 42, 0.5, or the text itself."
        Start "start_at" Time some "" "First activity, on the server's clock."
        End "end_at" Time some "" "Last activity, on the server's clock."
        Duration "duration_ms" Int some "ms" "end_at minus start_at."
        StartReason "start_reason" Word some "" "Why it began: first_visit, idle, cap, user_switch, logout, consent or api."
        ClosedBy "closed_by" Word maybe "" "Why it ended, where something ended it before the timeout did."
        Previous "previous_session_id" Id maybe "" "The visitor's session before this one."
        Returning "returning" Bool maybe "" "Whether the visitor had a session before this one; null where nobody can tell, as in cookieless mode."
        Active "active_ms" Int some "ms" "Visible time with interaction gaps of at most 30 s, over all tabs."
        Bounced "bounced" Bool some "" "One page view, no interaction but scrolling, under 10 s active. Not defined while it is live."
        Events "n_events" Int some "events" "All events."
        PageViews "n_page_views" Int some "events" "Page views."
        Clicks "n_clicks" Int some "events" "Clicks."
        Submits "n_submits" Int some "events" "Form submissions."
        Interactions "n_interactions" Int some "events" "Clicks, submissions and inputs."
        Requests "n_requests" Int some "events" "HTTP calls that the page made."
        FailedRequests "n_failed_requests" Int some "events" "HTTP calls without a response, or with a status of 400 and over."
        Errors "n_errors" Int some "events" "Errors."
        RageClicks "n_rage_clicks" Int some "events" "Rage clicks."
        DeadClicks "n_dead_clicks" Int some "events" "Dead clicks."
        ErrorClicks "n_error_clicks" Int some "events" "Clicks followed by an error."
        Custom "n_custom_events" Int some "events" "Events of the site's own."
        Tabs "n_tabs" Int some "tabs" "Tabs that sent an event."
        EntryPath "entry_path" Text maybe "" "Path of the first page view, below the site's base path."
        EntryRoute "entry_route" Word maybe "" "The same with ids replaced, such as /products/:id."
        EntryTitle "entry_title" Text maybe "" "Title of the first page viewed."
        ExitPath "exit_path" Text maybe "" "Path of the last page view."
        ExitRoute "exit_route" Word maybe "" "The same with ids replaced."
        ExitTitle "exit_title" Text maybe "" "Title of the last page viewed."
        Channel "channel" Word some "" "What brought the visitor: direct, search, social, email, paid, referral or campaign."
        Referrer "referrer" Text maybe "" "URL of the page before the entry page, on another host."
        ReferrerHost "referrer_host" Word maybe "" "Its host, without www."
        UtmSource "utm_source" Word maybe "" "Campaign parameter of the entry URL."
        UtmMedium "utm_medium" Word maybe "" "Campaign parameter of the entry URL."
        UtmCampaign "utm_campaign" Word maybe "" "Campaign parameter of the entry URL."
        UtmTerm "utm_term" Word maybe "" "Campaign parameter of the entry URL."
        UtmContent "utm_content" Word maybe "" "Campaign parameter of the entry URL."
        Load "load_ms" Int maybe "ms" "loadEventEnd of the first full page load, from navigation start."
        FirstInteraction "first_interaction_ms" Int maybe "ms" "First click, input, submission or scroll after the first page view, from that page's navigation start."
        Device "device" Word some "" "Class of the device: desktop, mobile, tablet or other."
        DeviceModel "device_model" Word maybe "" "Model of the device, where told."
        Browser "browser" Word maybe "" "Name of the browser, from the user agent and its client hints."
        BrowserVersion "browser_version" Word maybe "" "Its major version."
        Os "os" Word maybe "" "Name of the operating system."
        OsVersion "os_version" Word maybe "" "Its version."
        Country "country" Word maybe "" "ISO 3166-1 alpha-2, from the IP address, which is not kept."
        Region "region" Word maybe "" "Region, in English."
        City "city" Word maybe "" "City, in English."
        Language "language" Word maybe "" "BCP 47."
        ScreenWidth "screen_width" Int maybe "CSS px" "Width of the screen."
        ScreenHeight "screen_height" Int maybe "CSS px" "Height of the screen."
        Release "release" Word maybe "" "Version of the site's own code at the first event."
        Connection "connection" Word maybe "" "Effective type of the network at the first event, as the browser told: slow-2g, 2g, 3g or 4g."
        Bot "bot" Word maybe "" "Why it is thought to be no person's: known_crawler, headless, automated or no_user_agent."
        ClockSkew "clock_skew_ms" Long some "ms" "What was added to the client's times: the first tab's correction."
        Clamped "n_clamped" Int some "events" "Events whose times lay in the future and were clamped."
        ReplayChunks "n_replay_chunks" Int some "chunks" "Replay chunks; 0 where there is no replay."
        ReplayBytes "replay_bytes" Long some "bytes" "Their size as they were sent, compressed."
        StepKind "step_kind" Words some "" "Steps, in order: page, click, input, submit, request (failed ones only), error or custom."
        StepLabel "step_label" Words some "" "What the step was of: the page's route, the click's label, the field after its form (checkout: email), the form, the endpoint, the error's name, the event's name."
        StepOffset "step_offset_ms" Ints some "ms" "When, from start_at; below 0 for what was recorded before the first activity."
        StepOutcome "step_outcome" Words maybe "" "Of a failed request its status or network, timeout; of a click rage, dead or error where it was one."
        StepView "step_view" Ints maybe "" "Place in the view_ lists, counted from 0, of the page view of its tab that it happened on; its own where it is one."
        ViewRoute "view_route" Words some "" "Page views, in order: the route."
        ViewPath "view_path" Words some "" "The path, below the site's base path."
        ViewOffset "view_offset_ms" Ints some "ms" "When, from start_at."
        ViewLoad "view_load_ms" Ints maybe "ms" "loadEventEnd, from navigation start; full page loads only."
        ViewTtfb "view_ttfb_ms" Ints maybe "ms" "responseStart, from navigation start; full page loads only."
        ViewDomReady "view_dom_ready_ms" Ints maybe "ms" "domContentLoadedEventEnd, from navigation start; full page loads only."
        ViewFcp "view_fcp_ms" Ints maybe "ms" "First contentful paint."
        ViewLcp "view_lcp_ms" Ints maybe "ms" "Largest contentful paint."
        ViewInp "view_inp_ms" Ints maybe "ms" "Interaction to next paint."
        ViewCls "view_cls" Floats maybe "" "Cumulative layout shift."
        ViewLcpTarget "view_lcp_target" Words maybe "" "Selector of the largest element."
        ViewLcpResource "view_lcp_resource" Words maybe "" "URL of the largest element's resource, without query."
        ViewInpTarget "view_inp_target" Words maybe "" "Selector of the element of the slowest interaction."
        ViewInpScript "view_inp_script" Words maybe "" "URL of the script that ran longest in it, without query."
        ViewClsTarget "view_cls_target" Words maybe "" "Selector of the element that was shifted most."
        RequestEndpoint "request_endpoint" Words some "" "HTTP calls, in order: method and path with ids replaced, such as POST /api/orders/:id."
        RequestOffset "request_offset_ms" Ints some "ms" "When the call ended, from start_at."
        RequestStatus "request_status" Ints some "" "HTTP status, 0 where there was no response."
        RequestDuration "request_duration_ms" Ints some "ms" "From the call to the last byte."
        RequestFailure "request_failure" Words maybe "" "Why there was no response: network, abort or timeout."
        RequestStep "request_step" Ints some "" "How many steps came before it; one that failed is the next step itself."
        RequestView "request_view" Ints maybe "" "Place in the view_ lists of the page view of its tab that it happened on."
        ErrorName "error_name" Words some "" "Errors, in order: the type, such as TypeError."
        ErrorMessage "error_message" Words some "" "The message, with * for numbers, ids and quoted values."
        ErrorFrame "error_frame" Words maybe "" "Topmost frame of the site's own code: function and file, without line, query and hash of the build."
        ErrorGroup "error_group" Words some "" "Short stable name of the three: errors that are alike have one group."
        ErrorOffset "error_offset_ms" Ints some "ms" "When, from start_at."
        ErrorView "error_view" Ints maybe "" "Place in the view_ lists of the page view of its tab that it happened on."
        PropStep "prop_step" Ints some "" "Properties of custom events, in order: place of the event in the step_ lists, counted from 0."
        PropKey "prop_key" Words some "" "The key."
        PropValue "prop_value" Words some "" "The value as text: true, 42, 0.5, or the text itself."
        LoadedView "loaded_view" Ints some "" "What pages loaded, by type: place of the page view in the view_ lists, counted from 0."
        LoadedType "loaded_type" Words some "" "What asked for it: script, img, css, fetch …"
        LoadedCount "loaded_count" Ints some "" "How many."
        LoadedBytes "loaded_bytes" Ints some "bytes" "Bytes on the network."
        LoadedDuration "loaded_duration_ms" Ints some "ms" "Sum of their durations."
        HeavyView "heavy_view" Ints some "" "The heaviest single resources of each page: place of the page view in the view_ lists, counted from 0."
        HeavyUrl "heavy_url" Words some "" "URL, without query."
        HeavyType "heavy_type" Words some "" "What asked for it."
        HeavyBytes "heavy_bytes" Ints some "bytes" "Bytes on the network."
        HeavyDuration "heavy_duration_ms" Ints some "ms" "How long it took."
    }
}

columns! {
    /// Columns of `events`: one row per event, sorted by session, time, tab and seq. `site` and `day` are the table's
    /// partitions. A row holds all that the fold needs, so that late data can be folded in with what came before.
    EventColumn {
        Site "site" Word some "" "Id of the site; partition."
        Day "day" Day some "" "UTC day of the session's start; partition."
        Session "session_id" Id some "" "The session it belongs to."
        Hint "client_session_id" Id some "" "The client's own idea of the session."
        Start "session_start_at" Time some "" "Start of the session it belongs to."
        At "at" Time some "" "When, on the server's clock."
        Tab "tab_id" Id some "" "The tab it happened in."
        Seq "seq" Long some "" "Counts up by one per tab; with the tab it names the event."
        Kind "kind" Word some "" "What happened: page_view, click, … as in docs/wire.md."
        Path "path" Text maybe "" "Of page views and requests, the path below the site's base path."
        Route "route" Word maybe "" "The path with ids replaced."
        Body "body" Text some "" "The event's own fields as in docs/wire.md, a JSON object."
        Visitor "visitor_id" Id some "" "Pseudonymous person-device."
        Context "context" Word some "" "What held for its batch: user, device, place, release …, a JSON object."
        Received "received_at" Time some "" "When its batch arrived, on the server's clock."
        Sent "sent_at" Time some "" "When its batch was sent, on the client's clock."
        Skew "clock_skew_ms" Long some "ms" "at minus the client's own time."
        TabSkew "tab_clock_skew_ms" Long some "ms" "The correction of its tab."
        Clamped "clamped" Bool some "" "Whether its time lay in the future and was clamped."
        Backfill "backfill" Bool some "" "Whether it came with the site's backfill key, as history."
        HintStartReason "client_start_reason" Word some "" "Why the client started its session."
        HintPrevious "client_previous_session_id" Id maybe "" "The client's session before."
    }
}

columns! {
    /// Columns of `replay_chunks`: one row per chunk, sorted by client session, tab and index. `site` and `day` are the
    /// table's partitions. A chunk belongs to the session of its client session that had begun when it did
    /// ([`crate::replay`]), which is told when it is read: a row never changes.
    ReplayColumn {
        Site "site" Word some "" "Id of the site; partition."
        Day "day" Day some "" "UTC day of its first record; partition."
        Hint "client_session_id" Id some "" "The client's own idea of the session."
        First "first_at" Time some "" "First record, on the server's clock."
        Last "last_at" Time some "" "Last record, on the server's clock."
        Tab "tab_id" Id some "" "The tab it was recorded in."
        Index "index" Int some "" "Counts up by one in the tab, from 0; one that is not there was lost."
        Page "page_id" Id some "" "The document it was recorded in, from its load to its end."
        Keyframe "keyframe" Bool some "" "Whether it begins with a whole page, so that playing can begin here."
        Records "n_records" Int some "records" "Records."
        Bytes "bytes" Int some "bytes" "Size of the records as they are here."
        SentBytes "sent_bytes" Int some "bytes" "Size of the records as they were sent, compressed."
        Flags "flags" Words some "" "What a viewer must know: degraded, gap, truncated, or scrubbed by the server."
        Styles "styles" Words some "" "Hashes of the style sheets whose text is in it."
        MaskedInputs "masked_inputs" Bool some "" "Whether the browser masked values of fields."
        MaskedText "masked_text" Bool some "" "Whether the browser masked all text."
        Trigger "trigger" Word some "" "Why it was recorded: sampled, error or manual."
        MainMs "main_ms" Float some "ms" "What recording it took of the page's main thread in all."
        LongestMs "longest_ms" Float some "ms" "What it took at once."
        Failures "n_failures" Int some "" "How often the recorder failed at something and went on."
        Received "received_at" Time some "" "When it arrived, on the server's clock."
        Sent "sent_at" Time some "" "When it was sent, on the client's clock."
        Skew "clock_skew_ms" Long some "ms" "What was added to the client's times."
        Text "records" Text some "" "The records as docs/wire.md has them, a line each."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// As `docs/lake.md` says a column.
    fn row(column: Column) -> String {
        let ty = match column.ty {
            ColumnType::Id => "string (UUID)",
            ColumnType::Text | ColumnType::Word => "string",
            ColumnType::Time => "timestamp",
            ColumnType::Day => "date",
            ColumnType::Int => "integer",
            ColumnType::Long => "long",
            ColumnType::Float => "double",
            ColumnType::Bool => "boolean",
            ColumnType::Words => "array of string",
            ColumnType::Ints => "array of integer",
            ColumnType::Floats => "array of double",
        };
        let null = if column.nullable { "yes" } else { "no" };
        let unit = if column.unit.is_empty() { "–" } else { column.unit };
        format!("| `{}` | {ty} | {null} | {unit} | {} |", column.name, column.doc)
    }

    #[test]
    fn every_column_is_documented_as_it_is() {
        let document = include_str!("../../../docs/lake.md");
        let sessions = SessionColumn::ALL.iter().map(|column| column.column());
        let events = EventColumn::ALL.iter().map(|column| column.column());
        let chunks = ReplayColumn::ALL.iter().map(|column| column.column());
        let (of_sessions, rest) = document.split_once("## `events`").expect("a part for each table");
        let (of_events, of_chunks) = rest.split_once("## `replay_chunks`").expect("a part for each table");
        let missing: Vec<String> = sessions
            .map(row)
            .filter(|row| !of_sessions.contains(row))
            .chain(events.map(row).filter(|row| !of_events.contains(row)))
            .chain(chunks.map(row).filter(|row| !of_chunks.contains(row)))
            .collect();
        assert!(missing.is_empty(), "docs/lake.md lacks:\n{}", missing.join("\n"));
    }

    #[test]
    fn names_are_unique_and_indices_are_places() {
        let names: HashSet<_> = SessionColumn::ALL.iter().map(|column| column.name()).collect();
        assert_eq!(names.len(), SessionColumn::ALL.len());
        assert!(SessionColumn::ALL.iter().enumerate().all(|(place, column)| column.index() == place));
        let names: HashSet<_> = EventColumn::ALL.iter().map(|column| column.name()).collect();
        assert_eq!(names.len(), EventColumn::ALL.len());
        let names: HashSet<_> = ReplayColumn::ALL.iter().map(|column| column.name()).collect();
        assert_eq!(names.len(), ReplayColumn::ALL.len());
    }
}
