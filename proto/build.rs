//! Compiles the .proto files without `protoc`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=bauta");
    let descriptors = protox::compile(["bauta/audit/v1/audit.proto"], ["."])?;
    prost_build::compile_fds(descriptors)?;
    Ok(())
}
