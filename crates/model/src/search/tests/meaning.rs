//! What searches mean, as tables: which find a session, and by which events.

use super::any::any_search;
use super::told::fold;
use crate::search::{Clock, Search, Zone, explain, matches};
use crate::sessionize::HintedSession;
use crate::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use expect_test::{Expect, expect};
use proptest::prelude::*;

/// Clocks that are two hours ahead of UTC.
struct TwoAhead;

impl Zone for TwoAhead {
    fn instant(&self, day: i64, minute: u16) -> Timestamp {
        Timestamp(day * DAY + i64::from(minute) * MINUTE - 2 * HOUR)
    }
}

fn clock(now: Timestamp) -> Clock<'static> {
    Clock { now, timeout_ms: 30 * MINUTE, zone: &TwoAhead }
}

/// Whether each line finds the session, and how many seconds after 1970 what it found happened.
#[track_caller]
fn check(lines: &str, searches: &str, expected: Expect) {
    check_at(lines, Timestamp(DAY), searches, expected);
}

#[track_caller]
fn check_at(lines: &str, now: Timestamp, searches: &str, expected: Expect) {
    let hinted = fold(lines);
    let (session, events) = hinted.sessions_with_events().next().expect("a session");
    let told = |text: &str| {
        let search = Search::parse(text).expect("a search");
        let found = matches(&search, session, events, clock(now));
        let explained = explain(&search, session, events, clock(now));
        let because = explained.into_iter().filter(|one| one.holds && !one.events.is_empty());
        let because: String = because
            .map(|one| {
                let at = one.events.iter().map(|event| (event.at.0 / SECOND).to_string());
                format!("  [{} at {}]", one.part, at.collect::<Vec<_>>().join(" "))
            })
            .collect();
        format!("{} {text}{because}\n", if found { "yes" } else { "no " })
    };
    let searches = searches.lines().map(str::trim).filter(|line| !line.is_empty());
    expected.assert_eq(&searches.map(told).collect::<String>());
}

const SHOPPING: &str = "
    a 0 page /products as /products
    a 1 lcp 3100
    a 5 click Add to Cart
    a 6 request POST /api/cart 201 80
    a 10 page /products/42 as /products/:id
    b 11 page /help
    b 12 click Close
    a 15 identify u_42 email=Ann@Example.com plan=pro seats=12 Trial=false
    a 20 page /checkout
    a 21 lcp 900
    a 25 click Pay
    a 26 rage
    a 27 request POST /api/orders 503 2400
    a 28 error PaymentError: Card 4242 was declined
    a 30 custom purchase_failed total=59.9 method=card
    a 31 submit payment
    a 40 hidden 35
";

#[test]
fn properties_of_the_session() {
    check(
        SHOPPING,
        "
        user:u_42
        user:ann@example.com
        user:*@example.com
        user:ann
        user.id:U_42
        email:u_42
        user.plan:pro
        user.PLAN:(free OR Pro)
        user.seats:>=12
        user.seats:12
        user.trial:false
        user.nothing:*
        is:identified
        is:returning
        is:bot
        has:errors has:failed has:rage has:user has:form
        has:dead
        has:replay
        duration:31s
        duration:>31s
        active:30s..40s
        pages:4 tabs:2 errors:1 requests:2 failed_requests:1
        pages:>4
        entry:/products exit:/checkout
        entry:products
        entry:/product
        utm_source:MAIL channel:campaign
        device:mobile browser:*safari os.version:>=17.4 os.version:<17.10 os.version:17.4.1
        os.version:17.4
        country:(FR OR DE) city:köln screen.width:<400px release:=2.4.1
        region:*
        started:1970-01-01
        started:1970-01-01T02:00
        started:<1970-01-01T02:00
        started:>1970-01-01
        visitor:00000000-0000-0000-0000-000000000007
        session:0019a0f5*
        start_reason:first_visit end_reason:idle
        ",
        expect![[r#"
            yes user:u_42
            yes user:ann@example.com
            yes user:*@example.com
            no  user:ann
            yes user.id:U_42
            no  email:u_42
            yes user.plan:pro
            yes user.PLAN:(free OR Pro)
            yes user.seats:>=12
            yes user.seats:12
            yes user.trial:false
            no  user.nothing:*
            yes is:identified
            no  is:returning
            no  is:bot
            yes has:errors has:failed has:rage has:user has:form
            no  has:dead
            no  has:replay
            yes duration:31s
            no  duration:>31s
            yes active:30s..40s
            yes pages:4 tabs:2 errors:1 requests:2 failed_requests:1
            no  pages:>4
            yes entry:/products exit:/checkout
            yes entry:products
            no  entry:/product
            yes utm_source:MAIL channel:campaign
            yes device:mobile browser:*safari os.version:>=17.4 os.version:<17.10 os.version:17.4.1
            no  os.version:17.4
            yes country:(FR OR DE) city:köln screen.width:<400px release:=2.4.1
            no  region:*
            yes started:1970-01-01
            yes started:1970-01-01T02:00
            no  started:<1970-01-01T02:00
            no  started:>1970-01-01
            yes visitor:00000000-0000-0000-0000-000000000007
            yes session:0019a0f5*
            yes start_reason:first_visit end_reason:idle
        "#]],
    );
}

#[test]
fn events() {
    check(
        SHOPPING,
        r#"
        page:/products
        page:/products/:id
        page:/products/42
        page:/products*
        page:checkout
        lcp:>2.5s
        click:"add to cart"
        click:add
        rage:pay
        rage:Close
        submit:payment
        request:"POST /api/cart"
        request:/api/*
        failed:/api/*
        status:5xx
        status:(404 OR 5xx)
        request.duration:>1s
        error:PaymentError
        error.message:"declined"
        error.message:"Card * was declined"
        error.frame:app
        event:purchase_failed
        event.total:>50
        event.METHOD:card
        event.total:>60
        click:*
        dead:*
        "#,
        expect![[r#"
            yes page:/products  [page:/products at 0]
            yes page:/products/:id  [page:/products/:id at 10]
            yes page:/products/42  [page:/products/42 at 10]
            yes page:/products*  [page:/products* at 0 10]
            yes page:checkout  [page:checkout at 20]
            yes lcp:>2.5s  [lcp:>2.5s at 0]
            yes click:"add to cart"  [click:"add to cart" at 5]
            no  click:add
            yes rage:pay  [rage:pay at 25]
            no  rage:Close
            yes submit:payment  [submit:payment at 31]
            yes request:"POST /api/cart"  [request:"POST /api/cart" at 6]
            yes request:/api/*  [request:/api/* at 6 27]
            yes failed:/api/*  [failed:/api/* at 27]
            yes status:5xx  [status:5xx at 27]
            yes status:(404 OR 5xx)  [status:(404 OR 5xx) at 27]
            yes request.duration:>1s  [request.duration:>1s at 27]
            yes error:PaymentError  [error:PaymentError at 28]
            yes error.message:"declined"  [error.message:declined at 28]
            yes error.message:"Card * was declined"  [error.message:"Card * was declined" at 28]
            yes error.frame:app  [error.frame:app at 28]
            yes event:purchase_failed  [event:purchase_failed at 30]
            yes event.total:>50  [event.total:>50 at 30]
            yes event.METHOD:card  [event.METHOD:card at 30]
            no  event.total:>60
            yes click:*  [click:* at 5 12 25]
            no  dead:*
        "#]],
    );
}

#[test]
fn text_without_a_field() {
    check(
        SHOPPING,
        r#"
        ann@example
        u_4
        cart
        "products/42"
        declined
        paymenterr
        orders
        purchase
        cart -nothing
        close declined
        nothing
        0019a0f5-7c00-7000-8000-000000005e55
        00000000-0000-0000-0000-000000000007
        0019a0f5
        "#,
        expect![[r#"
            yes ann@example
            yes u_4
            yes cart  [cart at 5]
            yes "products/42"  [products/42 at 10]
            yes declined  [declined at 28]
            yes paymenterr  [paymenterr at 28]
            yes orders  [orders at 27]
            yes purchase  [purchase at 30]
            yes cart -nothing  [cart at 5]
            yes close declined  [close at 12]  [declined at 28]
            no  nothing
            yes 0019a0f5-7c00-7000-8000-000000005e55
            yes 00000000-0000-0000-0000-000000000007
            no  0019a0f5
        "#]],
    );
}

#[test]
fn the_same_event() {
    check(
        SHOPPING,
        r#"
        {request:/api/cart status:5xx}
        request:/api/cart status:5xx
        {request:/api/orders status:5xx request.duration:>2s}
        {page:/checkout lcp:>2.5s}
        {page:/products lcp:>2.5s}
        {click:Pay page:/checkout}
        {click:Close page:/checkout}
        {click:Close page:/help}
        {error:* page:/checkout lcp:<1s}
        {request:/api/* -status:2xx}
        {click:* -click:pay -click:close}
        {-click:pay}
        {click:pay OR click:close}
        {click:* OR -page:/help}
        {status:(201 OR 503) -(status:5xx OR request:/api/cart)}
        {event:purchase_failed event.method:card event.total:<60}
        "#,
        expect![[r#"
            no  {request:/api/cart status:5xx}
            yes request:/api/cart status:5xx  [request:/api/cart at 6]  [status:5xx at 27]
            yes {request:/api/orders status:5xx request.duration:>2s}  [{request:/api/orders status:5xx request.duration:>2s} at 27]
            no  {page:/checkout lcp:>2.5s}
            yes {page:/products lcp:>2.5s}  [{page:/products lcp:>2.5s} at 0]
            yes {click:Pay page:/checkout}  [{click:Pay page:/checkout} at 25]
            no  {click:Close page:/checkout}
            yes {click:Close page:/help}  [{click:Close page:/help} at 12]
            yes {error:* page:/checkout lcp:<1s}  [{error:* page:/checkout lcp:<1s} at 28]
            yes {request:/api/* -status:2xx}  [{request:/api/* -status:2xx} at 27]
            yes {click:* -click:pay -click:close}  [{click:* -click:pay -click:close} at 5]
            yes {-click:pay}  [{-click:pay} at 5 12]
            yes {click:pay OR click:close}  [{click:pay OR click:close} at 12 25]
            yes {click:* OR -page:/help}  [{click:* OR -page:/help} at 5 25]
            no  {status:(201 OR 503) -(status:5xx OR request:/api/cart)}
            yes {event:purchase_failed event.method:card event.total:<60}  [{event:purchase_failed event.method:card event.total:<60} at 30]
        "#]],
    );
}

#[test]
fn sequences() {
    check(
        SHOPPING,
        r#"
        page:/products THEN page:/checkout
        page:/checkout THEN page:/products
        page:/products THEN page:/products
        page:*products* THEN page:*products*
        click:* THEN request:* THEN click:* THEN failed:* THEN error:*
        failed:* THEN failed:*
        request:* THEN error:* THEN request:*
        page:/help THEN click:"Add to Cart"
        page:/help THEN {click:* page:/checkout}
        (page:/help OR click:Pay) THEN (submit:* OR error:*)
        -(page:/checkout THEN page:/help)
        has:errors page:/help THEN page:/checkout
        "#,
        expect![[r#"
            yes page:/products THEN page:/checkout  [page:/products THEN page:/checkout at 0 20]
            no  page:/checkout THEN page:/products
            no  page:/products THEN page:/products
            yes page:*products* THEN page:*products*  [page:*products* THEN page:*products* at 0 10]
            yes click:* THEN request:* THEN click:* THEN failed:* THEN error:*  [click:* THEN request:* THEN click:* THEN failed:* THEN error:* at 5 6 12 27 28]
            no  failed:* THEN failed:*
            no  request:* THEN error:* THEN request:*
            no  page:/help THEN click:"Add to Cart"
            yes page:/help THEN {click:* page:/checkout}  [page:/help THEN {click:* page:/checkout} at 11 25]
            yes (page:/help OR click:Pay) THEN (submit:* OR error:*)  [(page:/help OR click:Pay) THEN (submit:* OR error:*) at 11 28]
            yes -(page:/checkout THEN page:/help)
            yes has:errors page:/help THEN page:/checkout  [page:/help THEN page:/checkout at 11 20]
        "#]],
    );
}

#[test]
fn what_is_negated_is_nowhere_in_the_session() {
    check(
        SHOPPING,
        r#"
        -page:/admin
        -page:/help
        -lcp:>2.5s
        -lcp:>5s
        page:/help -page:/checkout
        page:/help OR -page:/checkout
        page:/help OR -page:/admin
        page:/admin OR -page:/nowhere
        -page:/admin OR -page:/help
        -page:/admin OR -page:/nowhere
        -(page:/admin OR page:/nowhere)
        -(page:/help page:/admin)
        "#,
        expect![[r#"
            yes -page:/admin
            no  -page:/help  [page:/help at 11]
            no  -lcp:>2.5s  [lcp:>2.5s at 0]
            yes -lcp:>5s
            no  page:/help -page:/checkout  [page:/help at 11]  [page:/checkout at 20]
            no  page:/help OR -page:/checkout  [page:/help at 11]  [page:/checkout at 20]
            yes page:/help OR -page:/admin  [page:/help at 11]
            no  page:/admin OR -page:/nowhere
            no  -page:/admin OR -page:/help  [page:/help at 11]
            yes -page:/admin OR -page:/nowhere
            yes -(page:/admin OR page:/nowhere)
            yes -(page:/help page:/admin)  [page:/help at 11]
        "#]],
    );
}

#[test]
fn live_sessions_have_not_bounced_nor_ended() {
    let searches = "is:live\nis:settled\nis:bounced\nend_reason:*\nend_reason:idle\n-is:bounced";
    check_at(
        "a 0 page /",
        Timestamp(30 * MINUTE),
        searches,
        expect![[r#"
        yes is:live
        no  is:settled
        no  is:bounced
        no  end_reason:*
        no  end_reason:idle
        yes -is:bounced
    "#]],
    );
    check_at(
        "a 0 page /",
        Timestamp(30 * MINUTE + 1),
        searches,
        expect![[r#"
        no  is:live
        yes is:settled
        yes is:bounced
        yes end_reason:*
        yes end_reason:idle
        no  -is:bounced
    "#]],
    );
}

#[test]
fn an_empty_search_finds_everything() {
    assert_eq!(Search::parse(" \n"), Ok(Search::default()));
    check("a 0 page /", "", expect![""]);
    let hinted = fold("a 0 page /");
    let (session, events) = hinted.sessions_with_events().next().expect("a session");
    assert!(matches(&Search::default(), session, events, clock(Timestamp(0))));
}

/// Sessions that differ in much.
fn sessions() -> Vec<HintedSession> {
    [
        SHOPPING,
        "a 0 page /",
        "a 0 page /a\na 1 click b\na 2 error a: b",
        "a 0 custom a",
        "a 0 request GET /a 0 1 timeout",
    ]
    .map(fold)
    .into()
}

proptest! {
    /// Wherever a negative clause stands, outside of another negation: leaving it out finds no fewer sessions.
    #[test]
    fn a_negative_clause_only_takes_away(search in any_search(), place in any::<prop::sample::Index>()) {
        let Some(root) = &search.root else { return Ok(()) };
        let mut n_negated = 0;
        count_negated(root, &mut n_negated);
        prop_assume!(n_negated > 0);
        let mut left_out = place.index(n_negated);
        let without = Search { root: without_negated(root, &mut left_out) };
        for hinted in sessions() {
            let (session, events) = hinted.sessions_with_events().next().expect("a session");
            let finds = |search: &Search| matches(search, session, events, clock(Timestamp(DAY)));
            prop_assert!(!finds(&search) || finds(&without), "`{}` finds what `{}` does not", search, without);
        }
    }

    /// Under OR, nothing that is negative adds to what the others find.
    #[test]
    fn a_negative_alternative_adds_nothing(one in any_search(), other in any_search()) {
        let (Some(one), Some(other)) = (one.root, other.root) else { return Ok(()) };
        prop_assume!(!one.is_negative());
        let negative = if other.is_negative() { other } else { crate::search::Expr::negated(other) };
        let both = Search { root: Some(crate::search::Expr::any(vec![one.clone(), negative])) };
        let one = Search { root: Some(one) };
        for hinted in sessions() {
            let (session, events) = hinted.sessions_with_events().next().expect("a session");
            let finds = |search: &Search| matches(search, session, events, clock(Timestamp(DAY)));
            prop_assert!(!finds(&both) || finds(&one), "`{}` finds what `{}` does not", both, one);
        }
    }
}

use crate::search::{Expr, Part};

/// Negations that are in no other.
fn count_negated(expr: &Expr<Part>, n: &mut usize) {
    match expr {
        Expr::All(exprs) | Expr::Any(exprs) => exprs.iter().for_each(|expr| count_negated(expr, n)),
        Expr::Not(_) => *n += 1,
        Expr::Leaf(_) => {}
    }
}

/// The same without one of them.
fn without_negated(expr: &Expr<Part>, left_out: &mut usize) -> Option<Expr<Part>> {
    let mut kept = |exprs: &[Expr<Part>]| -> Vec<Expr<Part>> {
        exprs.iter().filter_map(|expr| without_negated(expr, left_out)).collect()
    };
    match expr {
        Expr::All(exprs) => Some(kept(exprs)).filter(|kept| !kept.is_empty()).map(Expr::all),
        Expr::Any(exprs) => Some(kept(exprs)).filter(|kept| !kept.is_empty()).map(Expr::any),
        Expr::Not(_) => {
            let is_it = *left_out == 0;
            *left_out = left_out.wrapping_sub(1);
            (!is_it).then(|| expr.clone())
        }
        Expr::Leaf(_) => Some(expr.clone()),
    }
}
