//! Made-up texts with and without private values: the labelled set, and the battery that xtask and the end-to-end
//! tests share. Nothing here is part of the product.

pub mod battery;
pub mod distinct;
pub mod everyday;
pub mod labelled;
pub mod linear;
