using System.Collections.Generic;

namespace BackupModule.HelpWriter.Pages;

/// <summary>An example.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Code">The commands; null where the page has not exactly one block of them.</param>
/// <param name="Text">What they do and what is seen then.</param>
internal sealed record HelpExample(string Title, string? Code, IReadOnlyList<string> Text);
