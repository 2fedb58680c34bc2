//! The shop as a browser sees it: the pages with their paths and titles, and what can be clicked on them, named as the
//! SDK names it. A test holds the names against the shop's real files.

use crate::demo::catalogue::Product;
use footpath_model::event::Click;

/// A page of the shop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Page {
    /// `/demo/`
    Home,
    /// `/demo/products`, or one shelf of it.
    Shelves(Option<&'static str>),
    /// `/demo/products/42`
    Product(&'static Product),
    /// `/demo/cart`
    Cart,
    /// `/demo/checkout`
    Checkout,
    /// `/demo/order/10001`
    Order(u32),
    /// `/demo/account`
    Account,
}

impl Page {
    /// Path on the server.
    pub fn path(self) -> String {
        match self {
            Self::Home => "/demo/".to_owned(),
            Self::Shelves(None) => "/demo/products".to_owned(),
            Self::Shelves(Some(category)) => format!("/demo/products/{category}"),
            Self::Product(product) => format!("/demo/products/{}", product.id),
            Self::Cart => "/demo/cart".to_owned(),
            Self::Checkout => "/demo/checkout".to_owned(),
            Self::Order(id) => format!("/demo/order/{id}"),
            Self::Account => "/demo/account".to_owned(),
        }
    }

    /// `document.title`.
    pub fn title(self) -> String {
        let name = match self {
            Self::Home => return "Fern & Field – plants and outdoor goods".to_owned(),
            Self::Shelves(_) => "Products",
            Self::Product(product) => &product.name,
            Self::Cart => "Cart",
            Self::Checkout => "Checkout",
            Self::Order(_) => "Thank you",
            Self::Account => "Account",
        };
        format!("{name} – Fern & Field")
    }

    /// Selector of the largest thing on it.
    pub fn largest(self) -> &'static str {
        match self {
            Self::Home => "section#hero > picture > img.hero-picture",
            Self::Shelves(_) => "ul#products > li.card > a.card-link > img.card-picture",
            Self::Product(_) => "section#in-place > img.in-place-picture",
            Self::Cart | Self::Checkout | Self::Order(_) | Self::Account => "main#main > h1",
        }
    }
}

/// Something that can be clicked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Target<'a> {
    /// Readable name.
    pub label: &'a str,
    /// ARIA role.
    pub role: &'static str,
    /// As the SDK writes it.
    pub selector: &'static str,
    /// Where it is, in percent of the viewport.
    at: (i32, i32),
}

macro_rules! targets {
    ($($(#[$doc:meta])* $name:ident = $label:literal $role:literal $selector:literal $at:expr;)*) => {
        $($(#[$doc])* pub const $name: Target<'static> = Target { label: $label, role: $role, selector: $selector, at: $at };)*

        #[cfg(test)]
        const ALL: &[Target<'static>] = &[$($name),*];
    };
}

targets! {
    /// In the header.
    NAV_PRODUCTS = "Products" "link" "nav#nav > a.nav-products" (76, 6);
    /// In the header.
    NAV_ACCOUNT = "Account" "link" "nav#nav > a.nav-account" (82, 6);
    /// In the header.
    NAV_CART = "Cart" "link" "nav#nav > a.nav-cart" (88, 6);
    /// On the home page.
    BROWSE = "Browse the collection" "link" "section#hero > div.hero-words > a.button" (18, 52);
    /// On a shelf.
    ADD_ON_SHELF = "Add to Cart" "button" "ul#products > li.card > div.card-buy > button.add-to-cart" (27, 71);
    /// On a product's page.
    ADD_ON_PRODUCT = "Add to Cart" "button" "article#product > div.product-words > div.product-buttons > button.add-to-cart" (60, 68);
    /// On a product's page; dead.
    SIZE_GUIDE = "Size guide" "button" "article#product > div.product-words > div.product-buttons > button.size-guide" (71, 68);
    /// On a product's page.
    ALL_PRODUCTS = "All products" "link" "main#main > p.crumbs > a" (13, 13);
    /// A shelf's name.
    CHIP_PLANTS = "Plants" "button" "div#categories > button.chip" (20, 28);
    /// A shelf's name.
    CHIP_GARDEN = "Garden" "button" "div#categories > button.chip" (26, 28);
    /// A shelf's name.
    CHIP_OUTDOORS = "Outdoors" "button" "div#categories > button.chip" (33, 28);
    /// On the shelves.
    SEARCH = "Search" "searchbox" "form#search > input" (75, 21);
    /// In the little cart.
    MINI_CHECKOUT = "Checkout" "button" "aside#mini-cart > button.go-checkout" (86, 31);
    /// In the little cart.
    MINI_VIEW_CART = "View cart" "link" "aside#mini-cart > a.text-link" (86, 37);
    /// In the little cart.
    MINI_CLOSE = "Close" "button" "aside#mini-cart > div.mini-cart-head > button.mini-cart-close" (96, 12);
    /// On the cart's page.
    CART_CHECKOUT = "Checkout" "button" "div#cart > button.go-checkout" (31, 55);
    /// In the checkout.
    EMAIL = "E-mail" "textbox" "form#checkout > fieldset:nth-of-type(1) > label.field > input" (33, 24);
    /// In the checkout.
    CARD = "Card number" "textbox" "fieldset#payment > label.field > input" (33, 56);
    /// In the checkout.
    PLACE_ORDER = "Place order" "button" "form#checkout > button.place-order" (21, 77);
    /// After the checkout.
    KEEP_LOOKING = "Keep looking around" "link" "main#main > a.button" (50, 76);
    /// On the account's page.
    SIGN_IN = "Sign in" "button" "form#sign-in > button.sign-in" (31, 62);
    /// On the account's page.
    SIGN_OUT = "Sign out" "button" "section#signed-in > button.sign-out" (31, 41);
}

/// The link to a product on the shelves, or on the home page.
pub fn card(product: &'static Product, page: Page) -> Target<'static> {
    let selector = match page {
        Page::Home => "ul#picks > li.card > a.card-link",
        Page::Product(_) => "ul#related-list > li.card > a.card-link",
        Page::Shelves(_) | Page::Cart | Page::Checkout | Page::Order(_) | Page::Account => {
            "ul#products > li.card > a.card-link"
        }
    };
    let column = (product.id % 4) as i32;
    Target { label: &product.name, role: "link", selector, at: (18 + 21 * column, 55) }
}

/// The name of a shelf.
pub fn chip(category: &str) -> Target<'static> {
    match category {
        "plants" => CHIP_PLANTS,
        "garden" => CHIP_GARDEN,
        _ => CHIP_OUTDOORS,
    }
}

impl Target<'_> {
    /// A click on it, a little off its middle by `(dx, dy)` px.
    pub fn click(&self, viewport: [u32; 2], (dx, dy): (i32, i32)) -> Click {
        let along = |percent: i32, size: u32| percent * i32::try_from(size).unwrap_or_default() / 100;
        Click {
            label: Some(self.label.to_owned()),
            role: self.role.to_owned(),
            selector: self.selector.to_owned(),
            x: along(self.at.0, viewport[0]) + dx,
            y: along(self.at.1, viewport[1]) + dy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::catalogue::products;

    fn shop_files() -> String {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo");
        ["", "/pages", "/js"]
            .iter()
            .flat_map(|folder| std::fs::read_dir(format!("{root}{folder}")).expect("the shop is there"))
            .filter_map(|entry| std::fs::read_to_string(entry.expect("readable").path()).ok())
            .collect()
    }

    #[test]
    fn what_is_clicked_is_in_the_real_shop() {
        let shop = shop_files();
        let cards = [Page::Home, Page::Shelves(None), Page::Product(&products()[0])];
        let cards = cards.map(|page| card(&products()[0], page));
        for target in ALL.iter().chain(&cards) {
            assert!(
                shop.contains(target.label) || products().iter().any(|p| p.name == target.label),
                "{target:?}"
            );
            for part in target.selector.split(" > ") {
                if let Some((_, id)) = part.split_once('#') {
                    let names = [format!("id=\"{id}\""), format!("id: \"{id}\"")];
                    assert!(names.iter().any(|name| shop.contains(name)), "{part} of {target:?}");
                } else if let Some((_, class)) = part.split_once('.') {
                    let starts = ["class=\"", "class: \"", "class: `", "class=\"muted "];
                    assert!(
                        starts.iter().any(|start| shop.contains(&format!("{start}{class}"))),
                        "{part} of {target:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn titles_are_the_real_ones() {
        let shop = shop_files().replace("&amp;", "&");
        for page in
            [Page::Home, Page::Shelves(None), Page::Cart, Page::Checkout, Page::Order(1), Page::Account]
        {
            assert!(shop.contains(&format!("<title>{}</title>", page.title())), "{page:?}");
        }
    }
}
