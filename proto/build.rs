//! Compiles the .proto files without `protoc`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=bauta");
    let files = ["bauta/audit/v1/audit.proto", "bauta/fleet/v1/fleet.proto"];
    tonic_prost_build::configure().compile_fds(protox::compile(files, ["."])?)?;
    Ok(())
}
