using System.Collections.Generic;

namespace BackupModule.HelpWriter.Pages;

/// <summary>A named thing with the text about it.</summary>
/// <param name="Name">Its name: a parameter without the dash, a type, an error id.</param>
/// <param name="Text">The paragraphs.</param>
internal sealed record HelpEntry(string Name, IReadOnlyList<string> Text);
