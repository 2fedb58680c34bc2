use super::*;
use expect_test::{Expect, expect};

const OPEN: Policy = Policy { inputs: false, text: false, canvas: true };
const INPUTS: Policy = Policy { inputs: true, text: false, canvas: false };
const ALL: Policy = Policy { inputs: true, text: true, canvas: false };

fn scrubbed(policy: Policy, records: &[&str]) -> (String, bool) {
    let mut scrubber = Scrubber::new(policy);
    let mut out = Vec::new();
    for text in records {
        let mut record = Tree::read(text, 512).expect("JSON");
        match scrubber.record(&mut record) {
            Ok(()) => record.write(&mut out),
            Err(why) => out.extend(why.as_bytes()),
        }
        out.push(b'\n');
    }
    (String::from_utf8(out).expect("text"), scrubber.changed)
}

/// A node in a whole page.
#[track_caller]
fn page(policy: Policy, node: &str, expected: Expect) {
    let record = format!(r#"{{"type":2,"timestamp":1,"data":{{"node":{node}}}}}"#);
    let (text, changed) = scrubbed(policy, &[&record]);
    let inner = text.strip_prefix(r#"{"data":{"node":"#).and_then(|text| text.split_once(r#"},"timestamp"#));
    expected.assert_eq(&format!("{} {}", if changed { "changed" } else { "same" }, inner.expect("a page").0));
}

/// A change.
#[track_caller]
fn change(policy: Policy, data: &str, expected: Expect) {
    let record = format!(r#"{{"type":3,"timestamp":1,"data":{data}}}"#);
    let (text, changed) = scrubbed(policy, &[&record]);
    let inner = text.strip_prefix(r#"{"data":"#).and_then(|text| text.split_once(r#","timestamp"#));
    expected.assert_eq(&format!(
        "{} {}",
        if changed { "changed" } else { "same" },
        inner.expect("a change").0
    ));
}

#[test]
fn nothing_that_runs_is_left_in_a_page() {
    page(
        OPEN,
        r#"{"type":2,"id":1,"tagName":"SCRIPT","attributes":{"src":"https://evil.example/x.js"},"childNodes":[{"type":3,"id":2,"textContent":"alert(1)"}]}"#,
        expect![[r#"changed {"attributes":{},"childNodes":[],"id":1,"tagName":"fp-removed","type":2}"#]],
    );
    page(
        OPEN,
        r#"{"type":2,"id":1,"tagName":"svg:script","attributes":{},"childNodes":[]}"#,
        expect![[r#"changed {"attributes":{},"childNodes":[],"id":1,"tagName":"fp-removed","type":2}"#]],
    );
    page(
        OPEN,
        r#"{"type":2,"id":1,"tagName":"a","attributes":{"href":" java\nscript:alert(1)","OnClick":"x()","class":"b"},"childNodes":[]}"#,
        expect![[r#"changed {"attributes":{"class":"b"},"childNodes":[],"id":1,"tagName":"a","type":2}"#]],
    );
    page(
        OPEN,
        r#"{"type":2,"id":1,"tagName":"iframe","attributes":{"srcdoc":"<script>","src":"data:text/html,x","width":"5"},"childNodes":[]}"#,
        expect![[
            r#"changed {"attributes":{"width":"5"},"childNodes":[],"id":1,"tagName":"iframe","type":2}"#
        ]],
    );
    page(
        OPEN,
        r#"{"type":2,"id":1,"tagName":"meta","attributes":{"http-equiv":"Refresh","content":"0;url=https://evil.example"},"childNodes":[]}"#,
        expect![[r#"changed {"attributes":{},"childNodes":[],"id":1,"tagName":"meta","type":2}"#]],
    );
    page(
        OPEN,
        r#"{"type":2,"id":1,"tagName":"animate","attributes":{"attributeName":"href","values":"x;javascript:alert(1)"},"childNodes":[],"isSVG":true}"#,
        expect![[
            r#"changed {"attributes":{"attributeName":"href"},"childNodes":[],"id":1,"isSVG":true,"tagName":"animate","type":2}"#
        ]],
    );
}

#[test]
fn what_is_harmless_is_left_as_it_is() {
    page(
        INPUTS,
        r#"{"type":2,"id":1,"tagName":"img","attributes":{"src":"data:image/png;base64,AAAA","alt":"A shoe","style":"color: red"},"childNodes":[]}"#,
        expect![[
            r#"same {"attributes":{"alt":"A shoe","src":"data:image/png;base64,AAAA","style":"color: red"},"childNodes":[],"id":1,"tagName":"img","type":2}"#
        ]],
    );
    page(
        ALL,
        r#"{"type":2,"id":1,"tagName":"style","attributes":{},"childNodes":[{"type":3,"id":2,"textContent":"a { b: c }"}]}"#,
        expect![[
            r#"same {"attributes":{},"childNodes":[{"id":2,"textContent":"a { b: c }","type":3}],"id":1,"tagName":"style","type":2}"#
        ]],
    );
}

#[test]
fn values_are_masked_as_the_site_says_and_secrets_always() {
    let field = |attributes: &str| {
        format!(r#"{{"type":2,"id":1,"tagName":"input","attributes":{attributes},"childNodes":[]}}"#)
    };
    page(
        INPUTS,
        &field(r#"{"type":"text","value":"Ann Lee"}"#),
        expect![[
            r#"changed {"attributes":{"type":"text","value":"*****"},"childNodes":[],"id":1,"tagName":"input","type":2}"#
        ]],
    );
    page(
        INPUTS,
        &field(r#"{"type":"text","value":"*******"}"#),
        expect![[
            r#"same {"attributes":{"type":"text","value":"*****"},"childNodes":[],"id":1,"tagName":"input","type":2}"#
        ]],
    );
    page(
        OPEN,
        &field(r#"{"type":"text","value":"Ann Lee"}"#),
        expect![[
            r#"same {"attributes":{"type":"text","value":"Ann Lee"},"childNodes":[],"id":1,"tagName":"input","type":2}"#
        ]],
    );
    for secret in [
        r#"{"type":"password","value":"hunter2"}"#,
        r#"{"type":"text","data-rr-is-password":"true","value":"hunter2"}"#,
        r#"{"type":"hidden","value":"hunter2"}"#,
        r#"{"autocomplete":"section-a cc-number","value":"hunter2"}"#,
    ] {
        let record = format!(r#"{{"type":2,"timestamp":1,"data":{{"node":{}}}}}"#, field(secret));
        let (text, changed) = scrubbed(OPEN, &[&record]);
        assert!(changed && !text.contains("hunter2"), "{text}");
    }
    page(
        OPEN,
        r#"{"type":2,"id":1,"tagName":"div","attributes":{"contenteditable":""},"childNodes":[{"type":2,"id":2,"tagName":"b","attributes":{},"childNodes":[{"type":3,"id":3,"textContent":"dear diary"}]}]}"#,
        expect![[
            r#"changed {"attributes":{"contenteditable":""},"childNodes":[{"attributes":{},"childNodes":[{"id":3,"textContent":"*****","type":3}],"id":2,"tagName":"b","type":2}],"id":1,"tagName":"div","type":2}"#
        ]],
    );
}

#[test]
fn text_is_masked_where_the_browser_did_not() {
    page(
        ALL,
        r#"{"type":3,"id":3,"textContent":"Hello Ann\n"}"#,
        expect![[r#"changed {"id":3,"textContent":"***** ***\n","type":3}"#]],
    );
    page(
        INPUTS,
        r#"{"type":3,"id":3,"textContent":"Write to ann@example.com"}"#,
        expect![[r#"changed {"id":3,"textContent":"Write to •••","type":3}"#]],
    );
}

#[test]
fn changes_are_scrubbed_as_pages_are() {
    change(
        INPUTS,
        r#"{"source":5,"id":9,"text":"hunter2","isChecked":false}"#,
        expect![[r#"changed {"id":9,"isChecked":false,"source":5,"text":"*****"}"#]],
    );
    change(
        ALL,
        r#"{"source":0,"texts":[{"id":4,"value":"Ann"}],"attributes":[{"id":5,"attributes":{"onload":"x()","http-equiv":"refresh","value":"Ann","href":"javascript:x()","style":{"color":"red"}}}],"removes":[],"adds":[{"parentId":1,"nextId":null,"node":{"type":2,"id":7,"tagName":"embed","attributes":{"src":"x"},"childNodes":[]}}]}"#,
        expect![[
            r#"changed {"adds":[{"nextId":null,"node":{"attributes":{},"childNodes":[],"id":7,"tagName":"fp-removed","type":2},"parentId":1}],"attributes":[{"attributes":{"style":{"color":"red"},"value":"*****"},"id":5}],"removes":[],"source":0,"texts":[{"id":4,"value":"***"}]}"#
        ]],
    );
    change(
        INPUTS,
        r#"{"source":9,"id":3,"type":0,"commands":[{"property":"fillText","args":["secret"]}]}"#,
        expect![[r#"same {"commands":[],"id":3,"source":9,"type":0}"#]],
    );
}

#[test]
fn what_is_typed_into_a_known_secret_is_masked_though_the_site_masks_nothing() {
    let page = r#"{"type":2,"timestamp":1,"data":{"node":{"type":2,"id":5,"tagName":"input","attributes":{"type":"password"},"childNodes":[]}}}"#;
    let typed = r#"{"type":3,"timestamp":2,"data":{"source":5,"id":5,"text":"hunter2","isChecked":false}}"#;
    let (text, changed) = scrubbed(OPEN, &[page, typed]);
    assert!(changed && !text.contains("hunter2"), "{text}");
}

#[test]
fn what_is_no_record_is_told() {
    let (text, _) = scrubbed(
        ALL,
        &["[]", r#"{"type":7,"timestamp":1}"#, r#"{"type":0}"#, r#"{"type":2,"timestamp":1,"data":{}}"#],
    );
    expect![[r#"
        is no JSON object
        type: is not between 0 and 6
        timestamp: is no number
        data.node: is missing
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_value_is_told_where_the_browser_says_that_it_is_told_on_purpose_unless_it_is_secret() {
    page(
        INPUTS,
        r#"{"type":2,"id":1,"tagName":"input","attributes":{"data-fp-unmasked":"","value":"ferns"},"childNodes":[]}"#,
        expect![[
            r#"same {"attributes":{"data-fp-unmasked":"","value":"ferns"},"childNodes":[],"id":1,"tagName":"input","type":2}"#
        ]],
    );
    page(
        INPUTS,
        r#"{"type":2,"id":1,"tagName":"input","attributes":{"data-fp-unmasked":"","type":"password","value":"hunter2"},"childNodes":[]}"#,
        expect![[
            r#"changed {"attributes":{"data-fp-unmasked":"","type":"password","value":"*****"},"childNodes":[],"id":1,"tagName":"input","type":2}"#
        ]],
    );
    change(
        INPUTS,
        r#"{"source":5,"id":1,"text":"ferns","data-fp-unmasked":true}"#,
        expect![[r#"same {"data-fp-unmasked":true,"id":1,"source":5,"text":"ferns"}"#]],
    );
    change(
        INPUTS,
        r#"{"source":0,"attributes":[{"id":1,"attributes":{"data-fp-unmasked":"","value":"ferns"}}]}"#,
        expect![[
            r#"same {"attributes":[{"attributes":{"data-fp-unmasked":"","value":"ferns"},"id":1}],"source":0}"#
        ]],
    );
}

#[test]
fn images_of_canvases_are_told_only_where_the_site_asks_for_them_and_are_images() {
    let canvas = |image: &str| {
        format!(
            r#"{{"type":5,"timestamp":1,"data":{{"tag":"fp.canvas","payload":{{"id":1,"image":"{image}"}}}}}}"#
        )
    };
    let told = |policy, image| {
        let (text, changed) = scrubbed(policy, &[&canvas(image)]);
        (text.contains(&format!("\"image\":\"{image}\"")), changed)
    };
    // A still image may hold anything: also what looks like the number of a card.
    let image = "data:image/webp;base64,4111111111111111AAAA";
    assert_eq!(told(OPEN, image), (true, false));
    assert_eq!(told(INPUTS, image), (false, true));
    assert_eq!(told(OPEN, "data:image/svg+xml,<svg onload='x()'/>"), (false, true));
    assert_eq!(told(OPEN, "https://elsewhere.example/x.png"), (false, true));
}
