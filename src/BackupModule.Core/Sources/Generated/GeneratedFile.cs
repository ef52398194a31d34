using System;

namespace BackupModule.Core.Sources.Generated;

/// <summary>A file of a backup that is on no disk. It lies below <see cref="Top"/>, which hides a folder of that name in
/// the file system.</summary>
public sealed class GeneratedFile
{
    /// <summary>The folder at the top of a backup that generated files are in.</summary>
    public const string Top = "/.backup";

    private readonly Func<ReadOnlyMemory<byte>> _content;

    /// <summary>A file with this content.</summary>
    /// <param name="name">Its path below <see cref="Top"/>, with <c>/</c> between parts.</param>
    /// <param name="content">Its bytes.</param>
    public GeneratedFile(string name, ReadOnlyMemory<byte> content)
        : this(name, () => content) => IsLate = false;

    /// <summary>A file that tells of the streamed folders of its backup, and so is made after them.</summary>
    /// <param name="name">Its path below <see cref="Top"/>, with <c>/</c> between parts.</param>
    /// <param name="content">Makes its bytes.</param>
    public GeneratedFile(string name, Func<ReadOnlyMemory<byte>> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Path = $"{Top}/{name}";
        _content = content;
        IsLate = true;
    }

    /// <summary>Its path in the backup.</summary>
    public string Path { get; }

    /// <summary>True if its bytes can be made only when the backup's folders have been streamed.</summary>
    public bool IsLate { get; }

    /// <summary>Makes its bytes.</summary>
    public ReadOnlyMemory<byte> MakeContent() => _content();

    /// <summary>True for <see cref="Top"/> and paths below it.</summary>
    public static bool IsPlaceOf(string path) =>
        path.StartsWith(Top, StringComparison.Ordinal) && (path.Length == Top.Length || path[Top.Length] == '/');

    /// <summary>The names of the folders on the way to a path, and its own.</summary>
    internal static string[] PartsOf(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
