using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.Versioning;
using BackupModule.Core.Databases;
using Xunit;

namespace BackupModule.Tests.Databases;

/// <summary>What a killed process leaves in its private folder does not stay for ever, and nothing else is touched.</summary>
[SupportedOSPlatform("linux")]
public sealed class PrivateFolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _parent = new();

    public void Dispose() => _parent.Dispose();

    [Fact]
    public void A_folder_is_private_and_goes_when_it_is_disposed_and_not_before()
    {
        string path;
        using (PrivateFolder folder = new())
        {
            path = folder.Path;
            Assert.Equal(Private, File.GetUnixFileMode(path));
            File.WriteAllText(folder["client.cnf"], "x");

            PrivateFolder.RemoveAbandoned(Path.GetTempPath());
            using (new PrivateFolder())
            {
            }

            Assert.True(File.Exists(folder["client.cnf"]));
        }

        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void A_folder_whose_process_was_killed_goes_with_the_next_one()
    {
        string folder = Make("backupmodule-a", withOwner: true);
        using Process holder = Process.Start("flock", ["--no-fork", "-s", Path.Join(folder, ".owner"), "sleep", "60"]);
        WaitUntilHeld(folder);
        PrivateFolder.RemoveAbandoned(_parent.Path);
        Assert.True(File.Exists(Path.Join(folder, "client.cnf")));

        holder.Kill(entireProcessTree: true);
        holder.WaitForExit();
        PrivateFolder.RemoveAbandoned(_parent.Path);

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void What_only_looks_alike_stays()
    {
        string withoutOwner = Make("backupmodule-b", withOwner: false);
        string other = Make("other-a", withOwner: true);
        string open = Make("backupmodule-c", withOwner: true);
        File.SetUnixFileMode(open, Private | UnixFileMode.OtherExecute);
        string target = Make("target", withOwner: true);
        string link = _parent["backupmodule-d"];
        File.CreateSymbolicLink(link, target);

        PrivateFolder.RemoveAbandoned(_parent.Path);

        Assert.All([withoutOwner, other, open, target, link], static folder => Assert.True(File.Exists(Path.Join(folder, "client.cnf"))));
    }

    [Fact]
    public void A_folder_of_somebody_else_stays()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give a folder away");
        string folder = Make("backupmodule-e", withOwner: true);
        Shell.Read($"chown nobody {folder}", "/");

        PrivateFolder.RemoveAbandoned(_parent.Path);

        Assert.True(Directory.Exists(folder));
    }

    private string Make(string name, bool withOwner)
    {
        string path = Directory.CreateDirectory(_parent[name], Private).FullName;
        File.WriteAllText(Path.Join(path, "client.cnf"), "password");
        if (withOwner)
        {
            File.WriteAllText(Path.Join(path, ".owner"), string.Empty);
        }

        return path;
    }

    // Until the other process has its lock.
    private static void WaitUntilHeld(string folder)
    {
        for (int i = 0; Shell.Read($"flock -n {folder}/.owner echo free || echo held", "/").Trim() != "held"; i++)
        {
            Assert.True(i < 1000, "Nobody took the lock.");
        }
    }
}
