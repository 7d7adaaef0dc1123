//! `ringdown bench`, small: every part measures something, and says so in both ways.

use std::process::Command;

fn bench(more: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringdown"));
    command.args(["bench", "--start", "--seconds", "1", "--watchers", "3", "--asleep", "5"]).args(more);
    let output = command.output().expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_part_is_measured_beside_what_the_machine_does_bare() {
    let told = bench(&["--baseline", "--only", "reads", "--only", "memory", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let figures = told["figures"].as_array().unwrap();
    let reads: Vec<_> = figures.iter().filter(|it| it["unit"] == "/s").collect();
    assert_eq!(reads.len(), 2, "{told}");
    for read in reads {
        let (value, bare) = (read["value"].as_f64().unwrap(), read["bare"].as_f64().unwrap());
        assert!(value > 0.0 && bare > 0.0 && (read["ratio"].as_f64().unwrap() - value / bare).abs() < 1e-9, "{read}");
        assert!(read["p50_us"].as_f64() <= read["p99_us"].as_f64());
    }
    if cfg!(target_os = "linux") {
        assert!(figures.iter().any(|it| it["name"] == "memory at rest" && it["value"].as_f64() > Some(1.0)), "{told}");
    }
}

#[test]
fn all_parts_tell_what_they_saw() {
    let table = bench(&[]);
    for part in ["starts, 64", "external events, 256", "flows of 5 steps", "signal to end", "REST", "3 watchers at 400"]
    {
        assert!(table.contains(part), "{part}: {table}");
    }
}
