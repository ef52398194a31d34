using System.Text;
using System.Text.Json;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Locks;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Tests.Repositories.Trees;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Repositories.Locks;

public sealed class LockFileTests
{
    [Fact]
    public void Any_lock_survives_its_file() => Gen.Select(
        RandomTimes.Any, Gen.Bool, RandomNames.Text, RandomNames.Text, Gen.Int, Gen.UInt, Gen.UInt).Sample(
        (time, isExclusive, host, user, process, userId, groupId) =>
        {
            LockFile file = new()
            {
                Time = time,
                IsExclusive = isExclusive,
                HostName = host,
                UserName = user,
                ProcessId = process,
                UserId = userId,
                GroupId = groupId,
                Id = ObjectId.Random(),
            };

            Assert.Equal(file, LockFile.Decode(file.Encode(), file.Id));
        });

    [Fact]
    public void Members_have_restics_names_and_order() => Assert.Equal(
        """{"time":"1970-01-01T00:00:00Z","exclusive":false,"hostname":"h","username":"u","pid":7,"uid":8,"gid":9}""",
        Encoding.UTF8.GetString(new LockFile
        {
            Time = default(FileTimestamp),
            HostName = "h",
            UserName = "u",
            ProcessId = 7,
            UserId = 8,
            GroupId = 9,
        }.Encode()));

    [Fact]
    public void What_a_lock_need_not_have_may_be_missing() => Assert.Equal(
        new LockFile { Time = default, ProcessId = 7 },
        LockFile.Decode("""{"pid":7,"hostname":null,"unknown":[],"time":"1970-01-01T00:00:00Z"}"""u8, default));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"pid":7}""")]
    [InlineData("""{"time":null}""")]
    [InlineData("""{"time":"1970-01-01T00:00:00Z","exclusive":null}""")]
    [InlineData("""{"time":"1970-01-01T00:00:00Z","exclusive":1}""")]
    [InlineData("""{"time":"1970-01-01T00:00:00Z","pid":"7"}""")]
    [InlineData("""{"time":"1970-01-01T00:00:00Z","hostname":{}}""")]
    public void Something_else_than_a_lock_is_refused(string json) =>
        Assert.Throws<JsonException>(() => LockFile.Decode(Encoding.UTF8.GetBytes(json), default));
}
