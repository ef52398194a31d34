using System;
using System.Collections.Generic;

namespace BackupModule.Core.Sources.Generated;

/// <summary>A file of a backup that is on no disk. It lies below <see cref="Top"/>, which hides a folder of that name in
/// the file system.</summary>
public sealed class GeneratedFile
{
    /// <summary>The folder at the top of a backup that generated files are in.</summary>
    public const string Top = "/.backup";

    /// <summary>A file with this content.</summary>
    /// <param name="name">Its path below <see cref="Top"/>, with <c>/</c> between parts.</param>
    /// <param name="content">Its bytes.</param>
    public GeneratedFile(string name, ReadOnlyMemory<byte> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Path = $"{Top}/{name}";
        Content = content;
    }

    /// <summary>Its path in the backup.</summary>
    public string Path { get; }

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>True for <see cref="Top"/> and paths below it.</summary>
    public static bool IsPlaceOf(string path) =>
        path.StartsWith(Top, StringComparison.Ordinal) && (path.Length == Top.Length || path[Top.Length] == '/');

    /// <summary>The names of the folders and of the file, from <see cref="Top"/> down.</summary>
    internal IReadOnlyList<string> Parts => Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
