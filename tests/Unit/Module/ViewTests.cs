using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using BackupModule.Outputs;
using Xunit;

namespace BackupModule.Tests.Module;

[Collection(ModuleSession.Collection)]
public sealed class ViewTests
{
    [Fact]
    public void Every_output_type_has_a_view_of_at_most_six_columns()
    {
        XDocument views = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Views", "BackupModule.Format.ps1xml"));
        List<XElement> all = [.. views.Descendants("View")];

        IEnumerable<string> outputs = typeof(BackupInfo).Assembly.GetExportedTypes()
            .Where(static type => type is { Namespace: "BackupModule.Outputs", IsClass: true })
            .Select(static type => type.FullName!);

        Assert.Empty(outputs.Except(all.Select(static view => view.Descendants("TypeName").Single().Value)));
        Assert.All(
            all.Where(static view => view.Descendants("TableControl").Any()),
            static view => Assert.InRange(view.Descendants("TableColumnItem").Count(), 2, 6));
    }

    [Fact]
    public void Views_show_sizes_and_ages_for_people_under_strict_mode()
    {
        TestHost host = new();
        using ModuleSession session = new(host);
        session.MakeShop();

        session.Run(
            """
            Get-BackupRepository | Out-Default
            Invoke-Backup -Path $shop -Tag nightly | Out-Default
            Invoke-Backup -Path $shop -WhatIf | Out-Default
            Get-Backup | Out-Default
            Get-Backup | Get-BackupItem | Out-Default
            Get-Backup | Restore-Backup -Destination $root/restored -WhatIf | Out-Default
            Get-Backup | Restore-Backup -Destination $root/restored | Out-Default
            Get-BackupKey | Out-Default
            $null = New-BackupRepository -Name offsite -Location $root/offsite -Password env:BACKUP_PW -CopyOf main -Place Oslo
            Sync-BackupRepository main -WhatIf | Out-Default
            Sync-BackupRepository main | Out-Default
            """);

        Assert.Empty(session.Errors);
        string shown = Regex.Replace(host.Interface.Shown, @"\e\[[0-9;]*m", string.Empty);
        Assert.Contains("Repository: main", shown, StringComparison.Ordinal);
        Assert.Contains("Completed", shown, StringComparison.Ordinal);
        Assert.Matches(@"\d+ B\b", shown);
        Assert.Matches(@"\d+ s ago|now", shown);
        Assert.Contains("nightly", shown, StringComparison.Ordinal);
        Assert.Contains("drwxr-xr-x", shown, StringComparison.Ordinal);
        Assert.Contains("Copied into: offsite", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("#ERR", shown, StringComparison.Ordinal);
    }
}
