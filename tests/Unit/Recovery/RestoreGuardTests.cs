using System.IO;
using System.Net;
using System.Net.Sockets;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Recovery;
using Xunit;

namespace BackupModule.Tests.Recovery;

public sealed class RestoreGuardTests
{
    private const int NoSpace = 28;

    [Fact]
    public void A_port_that_somebody_listens_on_is_refused_where_a_server_is_to_be_started_on_it()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        DatabaseRestoreRequest request = new() { Port = ((IPEndPoint)taken.LocalEndpoint).Port };

        BackupException failure = Assert.Throws<BackupException>(() => RestoreGuard.RequireFreePort(request));

        Assert.Equal(BackupErrorKind.InvalidArgument, failure.Kind);
        Assert.Equal($"{request.Port}", failure.Subject);
        RestoreGuard.RequireFreePort(request with { StopsAfterwards = true });
        RestoreGuard.RequireFreePort(request with { IsInPlace = true });
        taken.Stop();
        RestoreGuard.RequireFreePort(request);
    }

    [Theory]
    [InlineData(NoSpace, BackupErrorKind.StorageFull)]
    [InlineData(30, BackupErrorKind.RestoreTargetUnwritable)]
    public void A_file_that_cannot_be_written_is_no_fault_of_the_module(int code, BackupErrorKind expected)
    {
        BackupException failure = RestoreGuard.Unwritable("main", "/srv/copy", new IOException("The disk says no: '/srv/x'", code));

        Assert.Equal(expected, failure.Kind);
        Assert.Contains("'/srv/x'", failure.Message, System.StringComparison.Ordinal);
        Assert.Contains("below /srv/copy", failure.Guidance, System.StringComparison.Ordinal);
        Assert.Equal("main", failure.Subject);
    }
}
