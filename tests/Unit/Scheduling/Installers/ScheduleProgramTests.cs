using System;
using System.Collections.Generic;
using System.IO;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling.Installers;
using Xunit;

namespace BackupModule.Tests.Scheduling.Installers;

public sealed class ScheduleProgramTests
{
    [Fact]
    public void The_call_imports_the_module_by_its_path_and_runs_what_is_due()
    {
        ScheduleCall call = ScheduleProgram.Describe("/opt/psbackup", "/opt/it's/BackupModule", TimeSpan.FromMinutes(5), "/home");

        Assert.Equal(
            ["-NoProfile", "-NonInteractive", "-Command", "Import-Module '/opt/it''s/BackupModule'; Invoke-BackupSchedule"], call.Arguments);
        Assert.Equal(TimeSpan.FromMinutes(5), call.Every);
    }

    [Fact]
    public void Variables_that_say_where_the_state_is_go_along_and_no_others()
    {
        Dictionary<string, string> variables = new()
        {
            ["BACKUPMODULE_HOME"] = "state",
            ["BACKUPMODULE_CATALOG"] = "postgresql://shop@db/catalog",
            ["BACKUP_PW"] = "secret",
            ["XDG_DATA_HOME"] = "",
        };

        IReadOnlyDictionary<string, string> found = ScheduleProgram.ReadEnvironment(name => variables.GetValueOrDefault(name));

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["BACKUPMODULE_HOME"] = Path.GetFullPath("state"),
                ["BACKUPMODULE_CATALOG"] = "postgresql://shop@db/catalog",
            },
            found);
    }

    [Theory]
    [InlineData("postgresql://shop:secret@db/catalog")]
    [InlineData("postgresql://db/catalog?user=shop&Password=secret")]
    public void A_password_in_the_catalogs_address_is_not_installed(string address)
    {
        BackupException failure = Assert.Throws<BackupException>(() =>
            ScheduleProgram.ReadEnvironment(name => name == "BACKUPMODULE_CATALOG" ? address : null));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }
}
