namespace BackupModule.Host.Commands;

/// <summary>What Test-Path looks for.</summary>
public enum TestPathKind
{
    Any,
    Container,
    Leaf,
}
