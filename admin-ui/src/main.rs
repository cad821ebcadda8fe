//! What the browser runs. On any other machine it does nothing.

fn main() {
    #[cfg(target_arch = "wasm32")]
    admin_ui::start();
}
