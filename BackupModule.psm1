Import-Module -Assembly ([BackupModule.Loader.LoadContext]::ModuleAssemblies)

# Nested modules outlive their parent otherwise, and the cmdlets vanish on the next import.
$nestedModules = $ExecutionContext.SessionState.Module.NestedModules
$ExecutionContext.SessionState.Module.OnRemove = { Remove-Module -ModuleInfo $nestedModules -Force }
