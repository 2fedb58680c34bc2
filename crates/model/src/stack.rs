//! Stacks of errors, as browsers write them, read line by line.
//!
//! Limit: places in files from the network alone; what an extension, an `eval` or the browser itself did is left out.

/// One call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame<'a> {
    /// The function; empty where it has no name.
    pub function: &'a str,
    /// The file's URL.
    pub url: &'a str,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// The column, counted from 1.
    pub column: Option<u32>,
}

/// The calls of a stack, the innermost first.
pub fn frames(stack: &str) -> impl Iterator<Item = Frame<'_>> {
    stack.lines().filter_map(frame)
}

/// Of a stack's line, as Chromium (`    at pay (https://…:1:2)`) or Firefox and Safari (`pay@https://…:1:2`) write it.
fn frame(line: &str) -> Option<Frame<'_>> {
    let line = line.trim();
    let begin = line.find("https://").or_else(|| line.find("http://"))?;
    let before = &line[..begin];
    let function = match before.strip_prefix("at ") {
        Some(before) => before.trim_end_matches('('),
        None => before.strip_suffix('@')?,
    };
    let function = function.trim().trim_start_matches("async ").trim_start_matches("new ");
    let function = function.split(" [as ").next().unwrap_or(function);
    let function = if function == "<anonymous>" { "" } else { function };
    let place = line[begin..].trim_end_matches(')');
    Some(match numbered(place) {
        Some((before, last)) => match numbered(before) {
            Some((url, line)) => Frame { function, url, line, column: last },
            None => Frame { function, url: before, line: last, column: None },
        },
        None => Frame { function, url: place, line: None, column: None },
    })
}

/// What is before a number that ends a text after a colon, and the number, where it is one that files have.
fn numbered(text: &str) -> Option<(&str, Option<u32>)> {
    let (before, digits) = text.rsplit_once(':')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (before, digits.parse().ok()))
}

/// The host of a URL, with its port; empty where it has none.
pub fn host(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or("", |(_, rest)| rest);
    after_scheme.split(['/', '?', '#']).next().unwrap_or_default()
}

/// The path of a URL, without query and fragment.
pub fn path(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |slash| &after_scheme[slash..]);
    path.split(['?', '#']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_each_browser_writes_them() {
        let read = |text| {
            let told = |frame: Frame<'_>| {
                let Frame { function, url, line, column } = frame;
                (function.to_owned(), path(url).to_owned(), line, column)
            };
            frames(text).map(told).collect::<Vec<_>>()
        };
        let pay =
            |function: &str, line, column| vec![(function.to_owned(), "/a.js".to_owned(), line, column)];
        assert_eq!(read("E: x\n    at pay (https://s.example/a.js?v=1:12:5)"), pay("pay", Some(12), Some(5)));
        assert_eq!(
            read("    at async new Pay (http://s.example:80/a.js:12:5)"),
            pay("Pay", Some(12), Some(5))
        );
        assert_eq!(read("pay@https://s.example/a.js:12"), pay("pay", Some(12), None));
        assert_eq!(read("@https://s.example/a.js"), pay("", None, None));
        assert_eq!(read("    at pay (https://s.example/a.js:99999999999:5)"), pay("pay", None, Some(5)));
        assert_eq!(read("    at pay (chrome-extension://x/a.js:1:1)\n    at native"), Vec::new());
    }
}
