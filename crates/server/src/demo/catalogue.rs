//! What the demo shop sells: one file, `demo/catalogue.json`, that the shop's pages, its API and the simulated visitors
//! all read.

use serde::Deserialize;
use std::sync::LazyLock;

/// The catalogue as JSON, as the pages and the API have it.
pub const JSON: &str = include_str!("../../../../demo/catalogue.json");

/// A product, as far as the server and the simulated visitors care.
#[derive(Deserialize, Clone, PartialEq, Eq, Debug)]
pub struct Product {
    /// In its URL.
    pub id: u32,
    /// Shown to people.
    pub name: String,
    /// Name of its picture.
    pub slug: String,
    /// Shelf: `plants`, `garden` or `outdoors`.
    pub category: String,
    /// Price in cents.
    pub price_cents: u64,
}

/// The shelves, as they stand in paths.
pub const CATEGORIES: [&str; 3] = ["plants", "garden", "outdoors"];

/// All products, in the order of the shelves.
pub fn products() -> &'static [Product] {
    static PRODUCTS: LazyLock<Vec<Product>> =
        LazyLock::new(|| serde_json::from_str(JSON).expect("a test reads the catalogue"));
    &PRODUCTS
}

/// The product of this id.
pub fn product(id: u32) -> Option<&'static Product> {
    products().iter().find(|product| product.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_stands_on_a_known_shelf_and_has_a_picture() {
        for product in products() {
            assert!(
                CATEGORIES.contains(&product.category.as_str()),
                "{}: {}",
                product.name,
                product.category
            );
            let picture = format!("{}/../../demo/img/{}.svg", env!("CARGO_MANIFEST_DIR"), product.slug);
            assert!(std::path::Path::new(&picture).exists(), "{picture} is missing");
        }
        assert!(product(42).is_some());
        assert!(product(41).is_none());
    }
}
