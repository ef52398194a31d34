using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;
using BackupModule.Core.Scheduling.Installers;
using Xunit;

namespace BackupModule.Tests.Scheduling.Installers;

/// <summary>The task's definition against what Microsoft documents of the schema (learn.microsoft.com, "Task Scheduler
/// Schema"). No Windows was asked.</summary>
public sealed class ScheduledTaskXmlTests
{
    private static readonly XNamespace s_task = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    // The children that the documented schema knows of the elements that are used. Those of a trigger come in this order.
    private static readonly Dictionary<string, string[]> s_children = new()
    {
        ["Task"] = ["RegistrationInfo", "Triggers", "Settings", "Data", "Principals", "Actions"],
        ["RegistrationInfo"] = ["URI", "SecurityDescriptor", "Source", "Date", "Author", "Version", "Description", "Documentation"],
        ["Triggers"] = ["TimeTrigger"],
        ["TimeTrigger"] = ["Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit", "RandomDelay"],
        ["Repetition"] = ["Interval", "Duration", "StopAtDurationEnd"],
        ["Principals"] = ["Principal"],
        ["Principal"] = ["UserId", "LogonType", "GroupId", "DisplayName", "RunLevel", "ProcessTokenSidType", "RequiredPrivileges"],
        ["Settings"] =
        [
            "AllowStartOnDemand", "RestartOnFailure", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries",
            "AllowHardTerminate", "StartWhenAvailable", "NetworkProfileName", "RunOnlyIfNetworkAvailable", "WakeToRun", "Enabled", "Hidden",
            "DeleteExpiredTaskAfter", "IdleSettings", "NetworkSettings", "ExecutionTimeLimit", "Priority", "RunOnlyIfIdle",
            "UseUnifiedSchedulingEngine", "DisallowStartOnRemoteAppSession",
        ],
        ["Actions"] = ["Exec"],
        ["Exec"] = ["Command", "Arguments", "WorkingDirectory"],
    };

    [Theory]
    [InlineData(ScheduleScope.User, "0:01")]
    [InlineData(ScheduleScope.System, "0:15")]
    public void The_definition_keeps_to_the_documented_schema(ScheduleScope scope, string every)
    {
        XElement task = Write(scope, every);

        Assert.Equal(s_task + "Task", task.Name);
        Assert.All(task.DescendantsAndSelf(), static element =>
        {
            Assert.Equal(s_task, element.Name.Namespace);
            string[] names = [.. element.Elements().Select(static child => child.Name.LocalName)];
            if (s_children.TryGetValue(element.Name.LocalName, out string[]? known))
            {
                Assert.Empty(names.Except(known));
                Assert.Equal(names.Length, names.Distinct().Count());
            }
            else
            {
                Assert.Empty(names);
            }
        });
        string[] trigger = [.. task.Descendants(s_task + "TimeTrigger").Elements().Select(static child => child.Name.LocalName)];
        Assert.Equal(s_children["TimeTrigger"].Intersect(trigger), trigger);
        Assert.Equal(task.Descendants(s_task + "Principal").Single().Attribute("id")!.Value, task.Element(s_task + "Actions")!.Attribute("Context")!.Value);
        Assert.Equal(TimeSpan.Parse(every, CultureInfo.InvariantCulture), XmlConvert.ToTimeSpan(Value(task, "Interval")));
        Assert.Contains(Value(task, "MultipleInstancesPolicy"), (string[])["Parallel", "Queue", "IgnoreNew", "StopExisting"]);
        Assert.Contains(Value(task, "RunLevel"), (string[])["LeastPrivilege", "HighestAvailable"]);
        Assert.InRange(int.Parse(Value(task, "Priority"), CultureInfo.InvariantCulture), 0, 10);
        Assert.Equal(TimeSpan.Zero, XmlConvert.ToTimeSpan(Value(task, "ExecutionTimeLimit")));
        XmlConvert.ToDateTime(Value(task, "StartBoundary"), XmlDateTimeSerializationMode.RoundtripKind);
        Assert.All(
            (string[])["DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "AllowHardTerminate", "StartWhenAvailable", "Hidden"],
            name => XmlConvert.ToBoolean(Value(task, name)));
    }

    [Fact]
    public void The_machines_task_runs_as_the_system_and_a_users_as_the_user()
    {
        Assert.Equal("S-1-5-18", Value(Write(ScheduleScope.System, "0:01"), "UserId"));
        Assert.Equal(@"OFFICE\anna", Value(Write(ScheduleScope.User, "0:01"), "UserId"));
        Assert.Equal("InteractiveToken", Value(Write(ScheduleScope.User, "0:01"), "LogonType"));
    }

    [Fact]
    public async Task The_task_is_created_from_a_file_that_is_removed_after()
    {
        using TemporaryFolder folder = new();
        FakeSchtasks programs = new();
        TaskSchedulerInstaller installer = new(ScheduleScope.System, programs);
        ScheduleCall call = Calls.In(folder.Path, @"/Program Files/psbackup.exe", "Import-Module 'C:\\it''s'; Invoke-BackupSchedule");

        await installer.ExecuteAsync(await installer.PlanInstallAsync(call, default), default);

        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder.Path));
        XElement task = XElement.Parse(programs.Definition!);
        Assert.Equal(
            "-NoProfile -NonInteractive -Command "
                + $"\"$env:BACKUPMODULE_HOME = '{folder.Path}'; Import-Module 'C:\\it''s'; Invoke-BackupSchedule\"",
            Value(task, "Arguments"));
        RegisteredCaller? found = await installer.FindAsync(default);
        Assert.Equal(TimeSpan.FromMinutes(1), found!.Every);

        await installer.ExecuteAsync(await installer.PlanRemovalAsync(folder.Path, default), default);
        Assert.Null(await installer.FindAsync(default));
        Assert.Empty((await installer.PlanRemovalAsync(folder.Path, default)).Steps);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("a \"b\"", "\"a \\\"b\\\"\"")]
    [InlineData("back\\slash here\\", "\"back\\slash here\\\\\"")]
    [InlineData("x \\\" y", "\"x \\\\\\\" y\"")]
    [InlineData("", "\"\"")]
    public void Words_are_quoted_as_the_C_library_reads_them(string word, string quoted) =>
        Assert.Equal(quoted, ShellQuoting.Windows(word));

    private static XElement Write(ScheduleScope scope, string every) => XElement.Parse(
        ScheduledTaskXml.Write(Calls.In("/home").Every(every), scope, @"OFFICE\anna"));

    private static string Value(XElement task, string name) => task.Descendants(s_task + name).First().Value;

    private sealed class FakeSchtasks : IProgramRunner
    {
        public string? Definition { get; private set; }

        public Task<ProgramResult> RunAsync(
            string program, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken)
        {
            switch (arguments[0])
            {
                case "/Create":
                    Definition = System.IO.File.ReadAllText(arguments[4], Encoding.Unicode);
                    break;
                case "/Delete":
                    Definition = null;
                    break;
                default:
                    return Task.FromResult(Definition is null
                        ? new ProgramResult(1, [], "ERROR: The system cannot find the file specified.")
                        : new ProgramResult(0, Encoding.UTF8.GetBytes(Definition), string.Empty));
            }

            return Task.FromResult(new ProgramResult(0, [], string.Empty));
        }
    }
}
