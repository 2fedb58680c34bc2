use super::*;
use expect_test::{Expect, expect};
use std::fmt::Write;

#[track_caller]
fn check(user_agents: &str, expect: Expect) {
    let parser = AgentParser::new();
    let mut told = String::new();
    for user_agent in user_agents.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (device, bot) = parser.parse(user_agent, &WireHints::default());
        assert_eq!(bot, None, "{user_agent}");
        writeln!(told, "{device} ({})", device.model.as_deref().unwrap_or("-")).unwrap();
    }
    expect.assert_eq(&told);
}

#[track_caller]
fn check_hints(user_agent: &str, hints: &str, expect: Expect) {
    let hints: WireHints = serde_json::from_str(hints).unwrap();
    let (device, _) = AgentParser::new().parse(user_agent, &hints);
    expect.assert_eq(&format!("{device} ({})", device.model.as_deref().unwrap_or("-")));
}

const CHROME_WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
const CHROME_MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
const CHROME_ANDROID: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36";

/// None of these may be taken for a bot: `check` makes sure.
#[test]
fn browsers_of_people() {
    check(
        include_str!("tests/user_agents.txt"),
        expect![[r#"
            Desktop / Chrome 120 / Windows 10 (-)
            Desktop / Firefox 121 / Windows 10 (-)
            Desktop / Edge 120 / Windows 10 (-)
            Desktop / Opera 105 / Windows 10 (-)
            Desktop / Yandex Browser 23 / Windows 10 (-)
            Desktop / Vivaldi 6 / Windows 10 (-)
            Desktop / Coc Coc 118 / Windows 10 (-)
            Desktop / Internet Explorer 11 / Windows 7 (-)
            Desktop / Chrome 109 / Windows 8.1 (-)
            Desktop / Internet Explorer 8 / Windows 7 (-)
            Desktop / Chrome 120 / macOS (-)
            Desktop / Safari 17 / macOS (-)
            Desktop / Safari 13 / macOS 10.13 (-)
            Desktop / Firefox 121 / macOS (-)
            Desktop / Chrome 120 / Linux (-)
            Desktop / Firefox 121 / Linux (-)
            Desktop / Chrome 120 / Chrome OS (-)
            Mobile / Safari 17 / iOS 17 (iPhone)
            Mobile / Safari 26 / iOS 26 (iPhone)
            Mobile / Chrome 120 / iOS 17 (iPhone)
            Mobile / Firefox 121 / iOS 17 (iPhone)
            Mobile / Edge 120 / iOS 17 (iPhone)
            Mobile / Google 440 / iOS 26 (iPhone)
            Mobile / Instagram 312 / iOS 17 (iPhone)
            Mobile / Facebook 445 / iOS 17 (iPhone)
            Mobile / iOS WebView / iOS 17 (iPhone)
            Tablet / Safari 16 / iOS 16 (iPad)
            Mobile / Chrome 120 / Android (-)
            Tablet / Chrome 120 / Android (-)
            Mobile / Chrome 119 / Android 14 (Pixel 8 Pro)
            Mobile / Firefox 121 / Android 14 (-)
            Tablet / Firefox 121 / Android 13 (-)
            Mobile / Samsung Internet 23 / Android 13 (SM-S918B)
            Tablet / Android WebView 103 / Android 12 (SM-X906C)
            Mobile / Opera 75 / Android 13 (M2101K6G)
            Mobile / Mi Browser 13 / Android 11 (Redmi Note 8)
            Tablet / Silk 119 / Android 11 (KFTRWI)
            Mobile / Facebook 444 / Android 13 (Pixel 7)
            Mobile / UC Browser 15 / Android 10 (ELS-AN00)
            Mobile / Opera Mini 36 / Android (-)
            Mobile / Firefox 48 / KaiOS 2 (-)
            Mobile / DuckDuckGo 5 / Android 12 (-)
            Other / Safari / Tizen 6 (-)
            Other / Chrome 87 / webOS (-)
            Other / Android WebView 110 / Android 9 (AFTMM)
            Other / Safari 13 (-)
            Other / Edge 44 / Windows 10 (-)
            Other / Chrome 118 / Android (-)
        "#]],
    );
}

#[test]
fn hints_know_better_than_a_frozen_user_agent() {
    check_hints(
        CHROME_WINDOWS,
        r#"{"mobile": false, "platform": "Windows", "platform_version": "15.0.0", "model": "",
            "brands": [{"brand": "Not A(Brand", "version": "99.0.0.0"}, {"brand": "Google Chrome", "version": "121.0.6167.85"},
                       {"brand": "Chromium", "version": "121.0.6167.85"}]}"#,
        expect!["Desktop / Chrome 121 / Windows 11 (-)"],
    );
    check_hints(
        CHROME_WINDOWS,
        r#"{"platform": "Windows", "platform_version": "10.0.0"}"#,
        expect!["Desktop / Chrome 120 / Windows 10 (-)"],
    );
    check_hints(
        CHROME_WINDOWS,
        r#"{"platform": "Windows", "platform_version": "0.3.0"}"#,
        expect!["Desktop / Chrome 120 / Windows 8.1 (-)"],
    );
    check_hints(
        CHROME_WINDOWS,
        r#"{"platform": "Windows"}"#,
        expect!["Desktop / Chrome 120 / Windows 10 (-)"],
    );
    check_hints(
        CHROME_MAC,
        r#"{"platform": "macOS", "platform_version": "14.2.1"}"#,
        expect!["Desktop / Chrome 120 / macOS 14 (-)"],
    );
    check_hints(
        CHROME_MAC,
        r#"{"platform": "macOS", "platform_version": "10.15.7"}"#,
        expect!["Desktop / Chrome 120 / macOS 10.15 (-)"],
    );
    check_hints(
        CHROME_ANDROID,
        r#"{"mobile": true, "platform": "Android", "platform_version": "14.0.0", "model": "Pixel 8"}"#,
        expect!["Mobile / Chrome 120 / Android 14 (Pixel 8)"],
    );
    check_hints(
        &CHROME_ANDROID.replace("Mobile ", ""),
        r#"{"mobile": false, "platform": "Android", "platform_version": "13", "model": "SM-X700"}"#,
        expect!["Tablet / Chrome 120 / Android 13 (SM-X700)"],
    );
    check_hints(
        CHROME_WINDOWS,
        r#"{"platform": "Unknown", "platform_version": "x"}"#,
        expect!["Desktop / Chrome 120 / Windows 10 (-)"],
    );
}

#[test]
fn brands_name_browsers_that_pose_as_chrome() {
    let brands = |name: &str, version: &str| {
        format!(
            r#"{{"brands": [{{"brand": "Chromium", "version": "120"}}, {{"brand": " Not;A=Brand", "version": "8"}},
                {{"brand": "{name}", "version": "{version}"}}]}}"#
        )
    };
    check_hints(
        CHROME_WINDOWS,
        &brands("Brave", "120.0.0.0"),
        expect!["Desktop / Brave 120 / Windows 10 (-)"],
    );
    check_hints(
        CHROME_WINDOWS,
        &brands("Microsoft Edge", "120.0.2210.91"),
        expect!["Desktop / Edge 120 / Windows 10 (-)"],
    );
    check_hints(CHROME_WINDOWS, &brands("Opera", "105"), expect!["Desktop / Opera 105 / Windows 10 (-)"]);
    check_hints(
        CHROME_WINDOWS,
        &brands("Not/A)Brand", "24"),
        expect!["Desktop / Chromium 120 / Windows 10 (-)"],
    );
    check_hints(
        "Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36 Instagram 312.0.0.0 Android",
        &brands("Android WebView", "120"),
        expect!["Mobile / Instagram 312 / Android 13 (Pixel 7)"],
    );
}

#[test]
fn answers_are_remembered_and_hostile_ones_are_not() {
    let parser = AgentParser::new();
    let hints = WireHints::default();
    let first = parser.parse(CHROME_WINDOWS, &hints);
    let key = Key { user_agent: CHROME_WINDOWS.into(), hints: hints.clone() };
    let remembered = parser.cache.get(&key).unwrap();
    assert_eq!((remembered.device.clone(), remembered.bot), first);
    let marked = Agent { device: Device::default(), bot: Some(BotReason::Automated) };
    parser.cache.insert(key, Arc::new(marked));
    assert_eq!(parser.parse(CHROME_WINDOWS, &hints).1, Some(BotReason::Automated));
    let mobile = WireHints { mobile: Some(true), ..WireHints::default() };
    assert_ne!(parser.parse(CHROME_WINDOWS, &mobile), first);
    assert_eq!(parser.cache.len(), 2);

    let hostile = WireHints { model: Some("\u{7}é".repeat(10_000)), ..WireHints::default() };
    let (device, _) = parser.parse(&"x".repeat(1_000_000), &hostile);
    assert_eq!(parser.cache.len(), 2);
    let model = device.model.unwrap();
    assert!(model.len() <= MAX_NAME && !model.contains('\u{7}'));

    for n in 0..20_000 {
        parser
            .cache
            .insert(Key { user_agent: format!("{n:0>1024}").into(), hints: hints.clone() }, Arc::default());
    }
    assert!(parser.cache.weight() <= CACHE_BYTES);
}

#[test]
fn bots_are_flagged() {
    let parser = AgentParser::new();
    let bot = |user_agent| parser.parse(user_agent, &WireHints::default()).1;
    assert_eq!(bot(""), Some(BotReason::NoUserAgent));
    assert_eq!(bot("curl/8.5.0"), Some(BotReason::Headless));
    assert_eq!(
        bot("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        Some(BotReason::KnownCrawler)
    );
    let headless = CHROME_WINDOWS.replace("Chrome/", "HeadlessChrome/");
    assert_eq!(bot(&headless), Some(BotReason::Headless));
    assert_eq!(
        parser.parse(&headless, &WireHints::default()).0.to_string(),
        "Desktop / Chrome 120 / Windows 10"
    );
}

/// Prints what compiling and asking cost: `cargo test -p footpath-server agent -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a test"]
fn cost() {
    let private_kb = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("RssAnon:")).map(str::to_owned);
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<i64>().ok()).unwrap_or(0)
    };
    let before_kb = private_kb();
    let start = std::time::Instant::now();
    let parser = AgentParser::new();
    parser.warm();
    println!("compile: {:?}, {} kB private", start.elapsed(), private_kb() - before_kb);
    let lines: Vec<&str> = include_str!("tests/user_agents.txt").lines().collect();
    let hints = WireHints { platform: Some("Windows".into()), ..WireHints::default() };
    let start = std::time::Instant::now();
    for line in &lines {
        std::hint::black_box(parser.read(line, &hints));
    }
    println!("first read: {:?}", start.elapsed() / lines.len() as u32);
    let time = |name: &str, ask: &dyn Fn(&str)| {
        let start = std::time::Instant::now();
        (0..200).for_each(|_| lines.iter().for_each(|line| ask(line)));
        println!("{name}: {:?}", start.elapsed() / (200 * lines.len()) as u32);
    };
    time("read", &|line| drop(std::hint::black_box(parser.read(line, &hints))));
    time("cached", &|line| drop(std::hint::black_box(parser.parse(line, &hints))));
    println!("after: {} kB private", private_kb() - before_kb);
}
