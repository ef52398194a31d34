using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote, as bytes.</param>
/// <param name="Errors">What it complained of.</param>
internal sealed record ProgramResult(int ExitCode, byte[] Output, string Errors)
{
    /// <summary>Fails if the program did.</summary>
    /// <exception cref="BackupException"><c>PlatformUnsupported</c>, or <c>AccessDenied</c>.</exception>
    public void RequireSuccess(string program)
    {
        if (ExitCode != 0)
        {
            string complaint = Errors.Trim();
            bool isDenied = complaint.Contains("not allowed", System.StringComparison.OrdinalIgnoreCase)
                || complaint.Contains("denied", System.StringComparison.OrdinalIgnoreCase);
            throw new BackupException(
                isDenied ? BackupErrorKind.AccessDenied : BackupErrorKind.PlatformUnsupported,
                $"The program '{program}' ended with the exit code {ExitCode}{(complaint.Length > 0 ? $": {complaint}" : ".")}",
                "Read what it says; -WhatIf shows what it was to do.")
            {
                Subject = program,
            };
        }
    }
}
