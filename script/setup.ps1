# Looks whether this computer has what is needed to build the app, and says how to get what it
# lacks. Nothing is installed: the build tools ask for an administrator's consent by themselves.
$ErrorActionPreference = 'Stop'
$minimumRust = [version]'1.95.0'

function Stop-Because([string[]] $lines) {
    foreach ($line in $lines) { Write-Host $line }
    exit 1
}

if (-not (Get-Command cargo -ErrorAction SilentlyContinue)) {
    Stop-Because 'Rust is missing. Get it from https://rustup.rs, open a new PowerShell, and',
        'start again. Its installer also offers the Visual Studio build tools, which are needed.'
}

$version = [version](((& rustc --version) -split ' ')[1] -replace '-.*$')
if ($version -lt $minimumRust) {
    Stop-Because "Rust $version is here; $minimumRust or newer is needed. With rustup:",
        '    rustup update stable'
}

# Rust for MSVC, the usual one on Windows, finds Visual Studio's compiler by this program.
if ((& rustc -vV) -match '^host: .*-msvc$') {
    $finder = Join-Path ${env:ProgramFiles(x86)} 'Microsoft Visual Studio\Installer\vswhere.exe'
    $tools = $null
    if (Test-Path $finder) {
        $tools = & $finder -latest -products '*' -property installationPath `
            -requiresAny -requires 'Microsoft.VisualStudio.Component.VC.Tools.x86.x64',
            'Microsoft.VisualStudio.Component.VC.Tools.ARM64'
    }
    if (-not $tools -and -not $env:VCINSTALLDIR) {
        Stop-Because 'The compiler is missing: the Visual Studio build tools, with "Desktop',
            'development with C++". Get them from https://aka.ms/vs/17/release/vs_BuildTools.exe,',
            'open a new PowerShell, and start again.'
    }
}
exit 0
