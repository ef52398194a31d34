namespace BackupModule.Core.Scheduling.Installers;

/// <summary>A crontab's text with our block in it. All that is outside the block stays as it is, byte for byte: the text has
/// one character a byte, whatever the bytes mean.</summary>
internal static class CrontabText
{
    private const string Begin = "# BEGIN BackupModule schedule";
    private const string End = "# END BackupModule schedule";

    /// <summary>The text with the lines as our block, in place of the one that was there, else at the end.</summary>
    /// <param name="text">The crontab.</param>
    /// <param name="lines">The lines between the markers, each with its line end.</param>
    public static string Put(string text, string lines)
    {
        string block = $"{Begin} (Register-BackupSchedule wrote this, Unregister-BackupSchedule takes it out)\n{lines}{End}\n";
        return Find(text) is { } found ? text[..found.Start] + block + text[found.End..]
            : text.Length == 0 || text[^1] == '\n' ? text + block
            : text + "\n" + block;
    }

    /// <summary>The text without our block.</summary>
    public static string Remove(string text) =>
        Find(text) is { } found ? Remove(text[..found.Start] + text[found.End..]) : text;

    /// <summary>Our block; null if there is none.</summary>
    public static string? Read(string text) => Find(text) is { } found ? text[found.Start..found.End] : null;

    // A marker is a line that begins so. Without its end, a block is only its first line: what follows may be another's.
    private static (int Start, int End)? Find(string text)
    {
        int start = FindLine(text, Begin, 0);
        if (start < 0)
        {
            return null;
        }

        int last = FindLine(text, End, start);
        int another = FindLine(text, Begin, EndOfLine(text, start));
        bool isWhole = last >= 0 && (another < 0 || last < another);
        return (start, EndOfLine(text, isWhole ? last : start));
    }

    private static int FindLine(string text, string beginning, int from)
    {
        for (int at = from; at < text.Length; at = EndOfLine(text, at))
        {
            if (string.CompareOrdinal(text, at, beginning, 0, beginning.Length) == 0)
            {
                return at;
            }
        }

        return -1;
    }

    private static int EndOfLine(string text, int at) =>
        text.IndexOf('\n', at) is >= 0 and int end ? end + 1 : text.Length;
}
