namespace BackupModule.Host;

/// <summary>What <c>psbackup -Help</c> prints.</summary>
internal static class HostHelp
{
    public const string Text = """
        psbackup: PowerShell's engine with BackupModule at hand, for machines without PowerShell.

        Usage
          psbackup                                interactive (a script, when standard input is not a terminal)
          psbackup [options] -Command TEXT        runs TEXT; what follows is part of it
          psbackup [options] -Command -           runs the script that comes on standard input
          psbackup [options] -File PATH [args]    runs a script file; args may be names and values, as
                                                  -Name main -Force -Limit:10 -Quiet:$false
          psbackup -Version | -Help

        Options
          -NonInteractive         prompts are errors instead of questions
          -WorkingDirectory PATH  starts there
          -ExecutionPolicy NAME   for this process (Windows)
          -NoProfile, -NoLogo     accepted; there is neither

        Output goes to standard output; errors, warnings, verbose and debug messages go to standard error.
        Progress is drawn only when both are terminals. Set NO_COLOR to have no colours.

        Exit codes
          0    success
          1    an error ended the script, or ended one of its commands and was not caught
          3    the script ran to its end, but errors were shown that their commands survived (for a backup:
               it is there, and the errors say what is not in it)
          64   the arguments of psbackup are wrong
          130, 143  stopped by Ctrl+C (SIGINT), by SIGTERM
          N    the script said `exit N`

        Import-Module BackupModule finds the module that was built beside this program.
        """;
}
