using System;
using BackupModule.Core.Repositories.Trees;
using Xunit;

namespace BackupModule.Tests.Repositories.Trees;

public sealed class GoFileModeTests
{
    [Theory]
    [InlineData("100644", 420u, NodeType.File)]
    [InlineData("100000", 0u, NodeType.File)]
    [InlineData("040755", 2147484141u, NodeType.Directory)]
    [InlineData("041777", 2148532735u, NodeType.Directory)]
    [InlineData("120777", 134218239u, NodeType.SymbolicLink)]
    [InlineData("010640", 33554848u, NodeType.Fifo)]
    [InlineData("020644", 69206436u, NodeType.CharacterDevice)]
    [InlineData("060644", 67109284u, NodeType.BlockDevice)]
    [InlineData("104755", 8389101u, NodeType.File)]
    [InlineData("103644", 5243300u, NodeType.File)]
    [InlineData("140600", 16777600u, NodeType.Socket)]
    public void Modes_are_those_that_restic_recorded(string octal, uint mode, NodeType type)
    {
        uint unix = Convert.ToUInt32(octal, 8);

        Assert.Equal(mode, GoFileMode.FromUnix(unix));
        Assert.Equal(type, GoFileMode.TypeFromUnix(unix));
        Assert.Equal(unix & 0xfff, GoFileMode.ToUnixPermissions(mode));
    }
}
