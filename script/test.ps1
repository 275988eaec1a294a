# Runs every check that this system can run: formatting, clippy with warnings as errors, every
# test, and the tour. The desktop tests run on Linux only. Says at the end how long each step took.
#
#     powershell -ExecutionPolicy Bypass -File script\test.ps1
$ErrorActionPreference = 'Stop'
$target = if ($env:CARGO_TARGET_DIR) { $env:CARGO_TARGET_DIR } else { 'target' }
$times = @()

function Invoke-Step([string] $name, [scriptblock] $check) {
    Write-Host "== $name"
    $begun = Get-Date
    & $check
    if ($LASTEXITCODE -ne 0) {
        Write-Host "== failed: $name"
        exit $LASTEXITCODE
    }
    $took = [int] ((Get-Date) - $begun).TotalSeconds
    $script:times += '{0,5} s  {1}' -f $took, $name
}

Push-Location (Split-Path $PSScriptRoot)
try {
    Invoke-Step 'set-up' { & "$PSScriptRoot\setup.ps1" }
    Invoke-Step 'formatting' { & cargo fmt --all --check }
    Invoke-Step 'clippy' { & cargo clippy --locked --workspace --all-targets --all-features '--' -D warnings }
    Invoke-Step 'tests' { & cargo test --locked --no-fail-fast }
    Invoke-Step 'tour' { & cargo run --quiet --locked --example tour '--' (Join-Path $target 'tour') }
    Write-Host '== The desktop tests run on Linux only; they were left out here.'
    $times | ForEach-Object { Write-Host $_ }
} finally {
    Pop-Location
}
