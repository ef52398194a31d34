namespace BackupModule.Core.Scanning.Patterns;

/// <summary>What a step of a compiled glob matches.</summary>
internal enum GlobTokenKind
{
    /// <summary>One given byte.</summary>
    Byte,

    /// <summary>Any one character (<c>?</c>).</summary>
    AnyCharacter,

    /// <summary>Any run of bytes, an empty one too (<c>*</c>).</summary>
    AnyRun,

    /// <summary>One character of a class (<c>[a-z]</c>, <c>[^a-z]</c>).</summary>
    Class,
}
