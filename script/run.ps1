# Builds the app and opens its window, with any of the app's arguments:
#
#     powershell -ExecutionPolicy Bypass -File script\run.ps1 --practice
$ErrorActionPreference = 'Stop'
Push-Location (Split-Path $PSScriptRoot)
try {
    $target = if ($env:CARGO_TARGET_DIR) { $env:CARGO_TARGET_DIR } else { 'target' }
    $app = Join-Path $target 'debug\audio-housekeeper.exe'
    Write-Host 'This builds the app and opens its window.'
    if (-not (Test-Path $app)) {
        Write-Host 'The first build takes some minutes, a quarter of an hour on a slow computer; later ones, seconds.'
    }
    & "$PSScriptRoot\setup.ps1"
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    # With the tour: what the two share would else be built twice, with other features each.
    & cargo build --locked --bin audio-housekeeper --example tour
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    & $app @args
} finally {
    Pop-Location
}
