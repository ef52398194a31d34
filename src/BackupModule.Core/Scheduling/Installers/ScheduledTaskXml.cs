using System;
using System.Linq;
using System.Xml;
using System.Xml.Linq;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>The definition of the task by which the Windows Task Scheduler calls the schedules, in its documented schema.
/// </summary>
internal static class ScheduledTaskXml
{
    private const string SystemUser = "S-1-5-18";

    private static readonly XNamespace s_task = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    /// <summary>The definition.</summary>
    /// <param name="call">What is called.</param>
    /// <param name="scope">For whom.</param>
    /// <param name="userId">The user's name or SID; has no meaning for the machine.</param>
    public static string Write(ScheduleCall call, ScheduleScope scope, string userId)
    {
        bool isSystem = scope == ScheduleScope.System;
        XElement task = new(
            s_task + "Task",
            new XAttribute("version", "1.3"),
            Element("RegistrationInfo", Element("Author", "BackupModule"), Element("Description", $"{call.Description}.")),
            Element(
                "Triggers",
                Element(
                    "TimeTrigger",
                    Element("Enabled", true),
                    Element("StartBoundary", "2024-01-01T00:00:00"),
                    Element("Repetition", Element("Interval", XmlConvert.ToString(call.Every)), Element("StopAtDurationEnd", false)))),
            Element(
                "Principals",
                Element(
                    "Principal",
                    new XAttribute("id", "Caller"),
                    Element("UserId", isSystem ? SystemUser : userId),
                    isSystem ? null : Element("LogonType", "InteractiveToken"),
                    Element("RunLevel", isSystem ? "HighestAvailable" : "LeastPrivilege"))),
            Element(
                "Settings",
                // Several calls may run at once: each policy is run by one of them only.
                Element("MultipleInstancesPolicy", "Parallel"),
                Element("DisallowStartIfOnBatteries", false),
                Element("StopIfGoingOnBatteries", false),
                Element("AllowHardTerminate", true),
                Element("StartWhenAvailable", true),
                Element("ExecutionTimeLimit", "PT0S"),
                Element("Hidden", true),
                Element("Enabled", true),
                Element("Priority", 7)),
            Element(
                "Actions",
                new XAttribute("Context", "Caller"),
                Element(
                    "Exec",
                    Element("Command", call.Program),
                    Element("Arguments", string.Join(' ', call.Arguments.Select(ShellQuoting.Windows))))));
        return $"<?xml version=\"1.0\" encoding=\"UTF-16\"?>{Environment.NewLine}{task}{Environment.NewLine}";
    }

    private static XElement Element(string name, params object?[] content) => new(s_task + name, content);
}
