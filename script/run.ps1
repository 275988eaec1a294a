# Builds the app and opens its window, with any of the app's arguments:
#
#     powershell -ExecutionPolicy Bypass -File script\run.ps1 --practice
$ErrorActionPreference = 'Stop'
Push-Location (Split-Path $PSScriptRoot)
try {
    & "$PSScriptRoot\setup.ps1"
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    & cargo build --release --locked --bin audio-housekeeper
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    $target = if ($env:CARGO_TARGET_DIR) { $env:CARGO_TARGET_DIR } else { 'target' }
    & (Join-Path $target 'release\audio-housekeeper.exe') @args
} finally {
    Pop-Location
}
