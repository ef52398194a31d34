using System;
using System.Runtime.CompilerServices;
using Xunit;

namespace BackupModule.Tests;

/// <summary>Runs a test again as a user without rights, because root is refused nothing.</summary>
internal static class OrdinaryUser
{
    private const string Nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups";

    private static string Program => typeof(OrdinaryUser).Assembly.Location;

    /// <summary>Runs the calling test in a process of an ordinary user, and fails or skips as that does.</summary>
    public static void RunThisTest(Type type, [CallerMemberName] string method = "") =>
        Run($"-method {type.FullName}.{method}");

    /// <summary>Runs tests in a process of an ordinary user.</summary>
    /// <param name="arguments">What the test program is to run.</param>
    /// <param name="environment">Variables as the shell sets them, e.g. <c>TMPDIR='/x'</c>.</param>
    public static void Run(string arguments, string environment = "")
    {
        Assert.SkipUnless(Shell.IsRoot && Shell.Has("setpriv"), "only root can become somebody else");
        Assert.SkipUnless(
            Shell.Read(
                $"{Nobody} sh -c 'test -x \"$(command -v dotnet)\" && test -r \"$0\"' '{Program}' && echo yes || echo no",
                "/") == "yes",
            "an ordinary user cannot reach the tests' program here");
        Shell.Run(
            $"export HOME=/nonexistent {environment}\n{Nobody} dotnet exec '{Program}' {arguments} >&2", "/");
    }
}
