using namespace System.Reflection

$loader = [Assembly]::LoadFrom([System.IO.Path]::Combine($PSScriptRoot, 'bin', 'BackupModule.Loader.dll'))
$context = $loader.GetType('BackupModule.Loader.LoadContext')

# The engine is imported as well so that scripts can name its types.
Import-Module -Assembly $context.GetProperty('Module').GetValue($null), $context.GetProperty('Core').GetValue($null)

# Nested modules outlive their parent otherwise, and the cmdlets vanish on the next import.
$nestedModules = @($ExecutionContext.SessionState.Module.NestedModules)
$ExecutionContext.SessionState.Module.OnRemove = {
    foreach ($nested in $nestedModules) {
        Remove-Module -ModuleInfo $nested -Force
    }
}.GetNewClosure()
