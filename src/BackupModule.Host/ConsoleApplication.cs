using System;
using System.IO;
using System.Management.Automation.Runspaces;
using BackupModule.Host.Running;
using BackupModule.Host.Terminal;

namespace BackupModule.Host;

/// <summary>One session of the console, from start to exit code.</summary>
internal sealed class ConsoleApplication : IDisposable
{
    private readonly HostOptions _options;
    private readonly ConsoleTerminal _terminal = new();
    private readonly ErrorTally _errors = new();
    private readonly ConsoleHost _host;
    private readonly StopSignals _signals = new();
    private readonly KeyReader _keys;
    private readonly Runspace _runspace;
    private readonly PipelineRunner _runner;

    public ConsoleApplication(HostOptions options)
    {
        _options = options;
        _keys = new KeyReader(_signals);
        ConsoleUserInterface ui = new(_terminal, new ConsoleInput(options.NonInteractive, _keys), _errors);
        _host = new ConsoleHost(ui, _errors);
        SessionSetup.AddModulePath();
        _runspace = RunspaceFactory.CreateRunspace(_host, SessionSetup.Create(options));
        _runner = new PipelineRunner(_runspace, ui, _signals);
    }

    public int Run()
    {
        _runspace.Open();
        Runspace.DefaultRunspace = _runspace;
        switch (_options.Mode)
        {
            case HostMode.Command:
                return RunScript(_options.Text);
            case HostMode.File:
                return RunFile();
            case HostMode.Interactive when !Console.IsInputRedirected && !_options.NonInteractive:
                return RunInteractively();
            default:
                return RunScript(ReadScript());
        }
    }

    public void Dispose()
    {
        _terminal.ClearProgress();
        _runspace.Dispose();
        _signals.Dispose();
    }

    // A script that Ctrl+C cut off is not run as far as it came.
    private string ReadScript()
    {
        _signals.SendTo(() => Environment.Exit(ExitCode.SignalBase + _signals.Received!.Value));
        string script = Console.In.ReadToEnd();
        _signals.SendTo(null);
        return script;
    }

    private int RunScript(string text) =>
        ExitCodeOf(_runner.Run(shell => shell.AddScript(text, useLocalScope: false)));

    private int RunFile()
    {
        string path = Path.GetFullPath(_options.Text);
        if (!File.Exists(path))
        {
            throw new HostUsageException($"There is no script file '{path}'.");
        }

        EngineInternals.LetScriptsExit(_runspace);
        return ExitCodeOf(_runner.Run(shell =>
        {
            shell.AddCommand(path, useLocalScope: false);
            FileArguments.Add(shell, _options.Arguments);
        }));
    }

    private int RunInteractively()
    {
        InteractiveLoop loop = new(_host, _runner, _keys, _signals);
        _host.NestedPrompt = () => loop.Run(nested: true);
        loop.Run(nested: false);
        return _host.ExitRequested ?? ExitCode.Success;
    }

    private int ExitCodeOf(bool ranToItsEnd)
    {
        if (_signals.Received is int signal && !ranToItsEnd)
        {
            return ExitCode.SignalBase + signal;
        }

        if (_host.ExitRequested is int requested)
        {
            return requested;
        }

        return !ranToItsEnd || _errors.AnyTerminating ? ExitCode.Failure
            : _errors.AnyShown ? ExitCode.CompletedWithWarnings
            : ExitCode.Success;
    }
}
