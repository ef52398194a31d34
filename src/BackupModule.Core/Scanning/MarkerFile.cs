using System;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;

namespace BackupModule.Core.Scanning;

/// <summary>A file whose presence marks its directory as not wanted.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Header">What the file must start with; empty if its presence is enough.</param>
internal sealed record MarkerFile(string Name, ReadOnlyMemory<byte> Header)
{
    /// <summary>The marker of <see href="https://bford.info/cachedir/"/>.</summary>
    public static MarkerFile CacheDirectory { get; } =
        Parse("CACHEDIR.TAG:Signature: 8a477f597d28d172789f06886806bc55");

    /// <summary>Reads <c>name</c> or <c>name:header</c>.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the name is missing or is a path.</exception>
    public static MarkerFile Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        if (name.Length == 0 || name is "." or ".." || name.Contains('/', StringComparison.Ordinal))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"'{text}' does not name a marker file.",
                "Give the name of a file without a folder, or name:header.")
            {
                Subject = text,
            };
        }

        return new MarkerFile(name, colon < 0 ? default : RawText.Encode(text.AsSpan(colon + 1)));
    }

    /// <summary>True if the file at the path starts with the header. A file that cannot be read does not.</summary>
    public bool HasHeader(string path, ISourceFileSystem fileSystem)
    {
        if (Header.IsEmpty)
        {
            return true;
        }

        byte[] start = new byte[Header.Length];
        try
        {
            using ISourceFile file = fileSystem.OpenFile(path);
            int filled = 0;
            for (int read = -1; read != 0 && filled < start.Length; filled += read)
            {
                read = file.Read(start.AsSpan(filled));
            }

            return filled == start.Length && Header.Span.SequenceEqual(start);
        }
        catch (BackupException)
        {
            return false;
        }
    }
}
