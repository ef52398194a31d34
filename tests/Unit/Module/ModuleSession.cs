using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using BackupModule.Commands.Backups;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Module;

/// <summary>
/// The module in a PowerShell engine of its own, strict mode on, with a home and a project folder for one test. Tests
/// that use it share a collection, because the home and the passwords are environment variables of the process.
/// </summary>
internal sealed class ModuleSession : IDisposable
{
    public const string Collection = "Module";
    public const string Password = "correct horse";

    private static readonly string s_views = Path.Combine(AppContext.BaseDirectory, "Views");

    private readonly TemporaryFolder _folder = new();
    private readonly Runspace _runspace;

    public ModuleSession(TestHost? host = null)
    {
        Environment.SetEnvironmentVariable("BACKUPMODULE_HOME", _folder["home"]);
        Environment.SetEnvironmentVariable("BACKUP_PW", Password);
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.Formats.Add(new SessionStateFormatEntry(Path.Combine(s_views, "BackupModule.Format.ps1xml")));
        state.Types.Add(new SessionStateTypeEntry(Path.Combine(s_views, "BackupModule.Types.ps1xml")));
        _runspace = host is null
            ? RunspaceFactory.CreateRunspace(state)
            : RunspaceFactory.CreateRunspace(host, state);
        _runspace.Open();
        Set("assembly", typeof(InvokeBackupCommand).Assembly);
        Set("root", _folder.Path);
        Set("repo", RepositoryPath);
        Set("shop", ShopPath);
        Run("Import-Module -Assembly $assembly; Set-StrictMode -Version Latest");
    }

    /// <summary>Non-terminating errors of the last run.</summary>
    public IReadOnlyList<ErrorRecord> Errors { get; private set; } = [];

    /// <summary>Warnings of the last run.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    public string RepositoryPath => _folder["main"];

    public string ShopPath => _folder["www/shop"];

    public Restic Restic => new(RepositoryPath, Password);

    public string this[string relativePath] => _folder[relativePath];

    public void Set(string variable, object value) => _runspace.SessionStateProxy.SetVariable(variable, value);

    public PowerShell Start(string script)
    {
        PowerShell shell = PowerShell.Create(_runspace);
        return shell.AddScript(script);
    }

    /// <summary>Runs a script; a terminating error fails the test.</summary>
    public IReadOnlyList<dynamic> Run(string script)
    {
        using PowerShell shell = Start("$ErrorActionPreference = 'Continue'\n" + script);
        List<dynamic> output = [.. shell.Invoke().Select(static item => (dynamic)item.BaseObject)];
        Errors = [.. shell.Streams.Error];
        Warnings = [.. shell.Streams.Warning.Select(static warning => warning.Message)];
        return output;
    }

    /// <summary>Runs a script that gives one object and no errors.</summary>
    public dynamic One(string script)
    {
        IReadOnlyList<dynamic> output = Run(script);
        Assert.Empty(Errors);
        return Assert.Single(output);
    }

    /// <summary>Runs a script that ends in a terminating error.</summary>
    public ErrorRecord Fails(string script)
    {
        IReadOnlyList<dynamic> output = Run($"try {{ {script}; 'no error' }} catch {{ $_ }}");
        return Assert.IsType<ErrorRecord>((object)Assert.Single(output));
    }

    public void AssertFails(string errorId, string script) =>
        Assert.StartsWith(errorId + ",", Fails(script).FullyQualifiedErrorId, StringComparison.Ordinal);

    public void AssertErrors(params string[] errorIds) =>
        Assert.Equal(errorIds, Errors.Select(static error => error.FullyQualifiedErrorId.Split(',')[0]));

    /// <summary>The project folder of the README, and a repository for it.</summary>
    public void MakeShop()
    {
        WriteFile("www/shop/config/app.json", "{\"port\": 8080}\n");
        WriteFile("www/shop/index.php", "<?php\necho 'hello';\n");
        WriteFile("www/shop/node_modules/left-pad/index.js", "module.exports = pad;\n");
        WriteFile("www/shop/uploads/photo [1].bin", "\u0001\u0002");
        One("New-BackupRepository -Name main -Location $repo -Password env:BACKUP_PW");
    }

    public void WriteFile(string relativePath, string content)
    {
        string path = _folder[relativePath];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public void Dispose()
    {
        _runspace.Dispose();
        Environment.SetEnvironmentVariable("BACKUPMODULE_HOME", null);
        Environment.SetEnvironmentVariable("BACKUP_PW", null);
        _folder.Dispose();
    }
}
