using System.Collections.Generic;

namespace BackupModule.HelpWriter.Pages;

/// <summary>The page of a cmdlet.</summary>
internal sealed record HelpPage
{
    /// <summary>The file it was read from.</summary>
    public required string File { get; init; }

    /// <summary>The cmdlet's name, which is the title.</summary>
    public required string Name { get; init; }

    /// <summary>One paragraph for lists of cmdlets.</summary>
    public required string Synopsis { get; init; }

    /// <summary>What it does, at length.</summary>
    public required IReadOnlyList<string> Description { get; init; }

    /// <summary>The parameters.</summary>
    public required IReadOnlyList<HelpEntry> Parameters { get; init; }

    /// <summary>What may be piped to it, by type.</summary>
    public required IReadOnlyList<HelpEntry> Inputs { get; init; }

    /// <summary>What it writes, by type.</summary>
    public required IReadOnlyList<HelpEntry> Outputs { get; init; }

    /// <summary>The examples.</summary>
    public required IReadOnlyList<HelpExample> Examples { get; init; }

    /// <summary>The errors a user may meet, by id.</summary>
    public required IReadOnlyList<HelpEntry> Errors { get; init; }

    /// <summary>Names of cmdlets and topics to read next.</summary>
    public required IReadOnlyList<string> Links { get; init; }
}
