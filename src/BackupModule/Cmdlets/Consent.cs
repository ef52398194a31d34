namespace BackupModule.Cmdlets;

/// <summary>The answer to whether a change may be made.</summary>
internal enum Consent
{
    /// <summary>Make it.</summary>
    Given,

    /// <summary>The user declined.</summary>
    Declined,

    /// <summary><c>-WhatIf</c>: say what would change.</summary>
    PlanOnly,
}
