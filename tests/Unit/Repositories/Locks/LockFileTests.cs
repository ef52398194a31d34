using System.Text;
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
}
