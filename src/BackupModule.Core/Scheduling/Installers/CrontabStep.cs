using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Gives a user's crontab another text, and reads it back.</summary>
/// <param name="Before">Its text when the step was planned; null if there was none. One character a byte.</param>
/// <param name="After">Its new text; null to remove it.</param>
internal sealed record CrontabStep(string? Before, string? After) : InstallStep(Describe(Before, After))
{
    /// <summary>The program.</summary>
    public const string Program = "crontab";

    /// <summary>The user's crontab; null if there is none.</summary>
    public static async Task<string?> ReadAsync(IProgramRunner programs, CancellationToken cancellationToken)
    {
        ProgramResult result = await programs.RunAsync(Program, ["-l"], input: [], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0 && IsAbsence(result.Errors))
        {
            return null;
        }

        result.RequireSuccess(Program);
        return Encoding.Latin1.GetString(result.Output);
    }

    internal override async Task ExecuteAsync(IProgramRunner programs, CancellationToken cancellationToken)
    {
        if (await ReadAsync(programs, cancellationToken).ConfigureAwait(false) != Before)
        {
            throw new BackupException(
                BackupErrorKind.PlatformUnsupported,
                "Somebody changed the crontab meanwhile, so it was left as it is.",
                "Run the command again.");
        }

        await WriteAsync(programs, After, cancellationToken).ConfigureAwait(false);
        if (await ReadAsync(programs, cancellationToken).ConfigureAwait(false) != After)
        {
            await WriteAsync(programs, Before, cancellationToken).ConfigureAwait(false);
            throw new BackupException(
                BackupErrorKind.PlatformUnsupported,
                "The crontab that was written read back as another one, so the one that was there before was written again.",
                "Look at it with 'crontab -l', and choose another way with -Using.");
        }
    }

    private static async Task WriteAsync(IProgramRunner programs, string? text, CancellationToken cancellationToken)
    {
        ProgramResult result = text is null
            ? await programs.RunAsync(Program, ["-r"], input: [], cancellationToken).ConfigureAwait(false)
            : await programs.RunAsync(Program, ["-"], Encoding.Latin1.GetBytes(text), cancellationToken).ConfigureAwait(false);
        result.RequireSuccess(Program);
    }

    // Vixie's cron and its heirs say the first, busybox the second.
    private static bool IsAbsence(string errors) =>
        errors.Contains("no crontab for", StringComparison.OrdinalIgnoreCase)
        || errors.Contains("No such file", StringComparison.OrdinalIgnoreCase);

    private static string Describe(string? before, string? after)
    {
        string Shown(string? text) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text ?? string.Empty)).TrimEnd();
        return CrontabText.Read(after ?? string.Empty) is { } block ? $"Put into the user's crontab:\n{Shown(block)}"
            : after is null ? "Remove the user's crontab, which holds nothing else"
            : $"Take out of the user's crontab:\n{Shown(CrontabText.Read(before ?? string.Empty))}";
    }
}
