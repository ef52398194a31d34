using System;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using BackupModule.Host.Terminal;

namespace BackupModule.Host;

/// <summary>The host that the engine and its scripts see as <c>$Host</c>.</summary>
internal sealed class ConsoleHost(ConsoleUserInterface ui, ErrorTally errors) : PSHost
{
    public override string Name => "psbackup";

    public override Version Version { get; } = typeof(ConsoleHost).Assembly.GetName().Version ?? new Version(0, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => ui;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override PSObject PrivateData { get; } = PSObject.AsPSObject(errors);

    /// <summary>The code of the <c>exit</c> that ended the session; null as long as there was none.</summary>
    public int? ExitRequested { get; private set; }

    /// <summary>Runs a prompt inside a suspended pipeline until <c>exit</c>; set where there is a terminal.</summary>
    public Action? NestedPrompt { get; set; }

    public override void SetShouldExit(int exitCode) => ExitRequested = exitCode;

    /// <summary>Forgets an <c>exit</c> that was meant for a nested prompt.</summary>
    public void TakeBackExit() => ExitRequested = null;

    public override void EnterNestedPrompt()
    {
        Action prompt = NestedPrompt
            ?? throw new HostException("A nested prompt needs an interactive session on a terminal.");
        prompt();
    }

    public override void ExitNestedPrompt() => SetShouldExit(ExitCode.Success);

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
