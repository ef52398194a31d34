using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using Xunit;

namespace BackupModule.Tests.Databases;

public sealed class ExternalProgramTests
{
    private const int Killed = 128 + 9;

    [Fact]
    public async Task A_tied_program_ends_with_the_process_that_started_it_and_leaves_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs /bin/sh");
        using PrivateFolder folder = new();
        await File.WriteAllTextAsync(folder["secret"], "a password", TestContext.Current.CancellationToken);
        await using ExternalProgram program = ExternalProgram.StartTied("/bin/sleep", ["600"], folder);

        // What the system does when the process ends.
        program.Input.Close();

        Assert.Equal(Killed, await EndAsync(program));
        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public async Task A_tied_program_that_ends_by_itself_says_how_and_leaves_its_files()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs /bin/sh");
        using PrivateFolder folder = new();
        await using ExternalProgram program = ExternalProgram.StartTied(
            "/bin/sh", ["-c", "echo there is no log >&2; touch \"$1\"; exit 7", "sh", folder["m-bin.000001"]], folder);

        Assert.Equal(7, await EndAsync(program));
        Assert.Equal(": there is no log", program.Said);
        Assert.True(File.Exists(folder["m-bin.000001"]));
    }

    [Fact]
    public async Task A_tied_program_ends_when_it_is_disposed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs /bin/sh");
        using PrivateFolder folder = new();
        string number = folder["number"];
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        ExternalProgram program = ExternalProgram.StartTied("/bin/sh", ["-c", "echo $$ >\"$1\"; exec sleep 600", "sh", number], folder);
        while (!File.Exists(number) || new FileInfo(number).Length == 0)
        {
            await Task.Delay(10, limit.Token);
        }

        int process = int.Parse(await File.ReadAllTextAsync(number, TestContext.Current.CancellationToken));
        await program.DisposeAsync();

        while (Directory.Exists($"/proc/{process}"))
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private static async Task<int> EndAsync(ExternalProgram program)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        return await program.WaitAsync(limit.Token);
    }
}
