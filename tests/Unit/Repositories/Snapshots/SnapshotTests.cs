using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Tests.Packing;
using BackupModule.Tests.Repositories.Trees;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Repositories.Snapshots;

public sealed class SnapshotTests
{
    private static readonly ObjectId s_tree = new(TestData.Generate("tree", ObjectId.Size));

    private static readonly Gen<string[]?> s_texts = Gen.Select(Gen.Bool, RandomNames.Text.Array[1, 3])
        .Select((isGiven, texts) => isGiven ? texts : null);

    private static readonly Gen<Snapshot> s_snapshot = Gen.Select(
        Gen.Select(RandomTimes.Any, RandomBlobs.Id, RandomBlobs.Id, Gen.Bool),
        Gen.Select(s_texts, s_texts, s_texts),
        Gen.Select(RandomNames.Text, RandomNames.Text, Gen.UInt, Gen.UInt),
        Gen.Select(RandomTimes.Any, RandomTimes.Any, Gen.Long[0, long.MaxValue]),
        (what, lists, owner, summary) => new Snapshot
        {
            Time = what.Item1,
            Tree = what.Item2,
            Parent = what.Item4 ? what.Item3 : default,
            Original = what.Item4 ? default : what.Item3,
            Paths = lists.Item1 ?? [],
            Tags = lists.Item2,
            Excludes = lists.Item3,
            HostName = owner.Item1,
            UserName = owner.Item2,
            UserId = owner.Item3,
            GroupId = owner.Item4,
            Summary = what.Item4
                ? new SnapshotSummary
                {
                    BackupStart = summary.Item1,
                    BackupEnd = summary.Item2,
                    DataAdded = summary.Item3,
                }
                : null,
        });

    [Fact]
    public void Any_snapshot_survives_its_file() => s_snapshot.Sample(snapshot =>
    {
        ObjectId id = ObjectId.Random();

        Snapshot decoded = Snapshot.Decode(snapshot.Encode(), id);

        Assert.Equal(
            snapshot with { Id = id, Paths = [], Tags = null, Excludes = null },
            decoded with { Paths = [], Tags = null, Excludes = null });
        Assert.Equal(snapshot.Paths, decoded.Paths);
        Assert.Equal(snapshot.Tags, decoded.Tags);
        Assert.Equal(snapshot.Excludes, decoded.Excludes);
    });

    [Fact]
    public void Snapshots_of_restic_are_written_again_with_every_member_in_its_place()
    {
        foreach ((ObjectId id, string text) in Vectors.Texts("snapshots"))
        {
            JsonObject before = JsonNode.Parse(text)!.AsObject();

            JsonObject after = JsonNode.Parse(Snapshot.Decode(Encoding.UTF8.GetBytes(text), id).Encode())!.AsObject();

            Assert.True(JsonNode.DeepEquals(before, after), after.ToJsonString());
            Assert.Equal(before.Select(member => member.Key), after.Select(member => member.Key));
        }
    }

    [Fact]
    public void A_snapshot_taken_at_the_very_epoch_can_be_read_again()
    {
        Snapshot snapshot = new() { Time = default, Tree = s_tree };

        Assert.Equal(default, Snapshot.Decode(snapshot.Encode(), default).Time);
    }

    [Fact]
    public void Members_of_others_are_kept_when_it_is_written_again()
    {
        string json = $$"""
            {"time":"2024-01-02T03:04:05.678901234+01:00","tree":"{{s_tree}}","paths":null,
             "label":"x","delete":{"never":true},"parents":[1,2]}
            """;

        Snapshot snapshot = Snapshot.Decode(Encoding.UTF8.GetBytes(json), default);
        using JsonDocument again = JsonDocument.Parse((snapshot with { Tags = ["new"] }).Encode());

        Assert.Empty(snapshot.Paths);
        Assert.Equal("2024-01-02T03:04:05.678901234+01:00", again.RootElement.GetProperty("time").GetString());
        Assert.Equal("x", again.RootElement.GetProperty("label").GetString());
        Assert.True(again.RootElement.GetProperty("delete").GetProperty("never").GetBoolean());
        Assert.Equal(2, again.RootElement.GetProperty("parents").GetArrayLength());
    }

    [Fact]
    public void The_persistent_id_is_the_first_that_the_backup_had()
    {
        ObjectId id = ObjectId.Random();
        ObjectId original = ObjectId.Random();
        Snapshot snapshot = new() { Time = default, Tree = s_tree, Id = id };

        Assert.Equal(id, snapshot.PersistentId);
        Assert.Equal(original, (snapshot with { Original = original }).PersistentId);
    }

    [Fact]
    public void Every_member_of_a_summary_is_always_written()
    {
        Snapshot snapshot = new() { Time = default, Tree = s_tree, Summary = new SnapshotSummary() };
        using JsonDocument json = JsonDocument.Parse(snapshot.Encode());

        string[] expected =
        [
            "backup_start", "backup_end", "files_new", "files_changed", "files_unmodified", "dirs_new", "dirs_changed",
            "dirs_unmodified", "data_blobs", "tree_blobs", "data_added", "data_added_packed", "total_files_processed",
            "total_bytes_processed",
        ];
        Assert.Equal(
            expected, json.RootElement.GetProperty("summary").EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void Members_have_restics_names_and_order()
    {
        Snapshot snapshot = new()
        {
            Time = new FileTimestamp(1, 200, 90),
            Parent = s_tree,
            Tree = s_tree,
            Paths = ["/a+<b>", "\u00e4"],
            HostName = "h",
            UserName = string.Empty,
            UserId = uint.MaxValue,
            GroupId = 1,
            Excludes = [],
            Tags = ["t"],
            Original = s_tree,
            ProgramVersion = "p",
        };

        Assert.Equal(
            $$"""
            {"time":"1970-01-01T01:30:01.0000002+01:30","parent":"{{s_tree}}","tree":"{{s_tree}}",
            "paths":["/a+<b>","ä"],"hostname":"h","username":"","uid":4294967295,"gid":1,
            "excludes":[],"tags":["t"],"original":"{{s_tree}}","program_version":"p"}
            """.ReplaceLineEndings(string.Empty),
            Encoding.UTF8.GetString(snapshot.Encode()));
        Assert.Equal(
            $$"""{"time":"1970-01-01T00:00:00Z","tree":"{{s_tree}}","paths":[]}""",
            Encoding.UTF8.GetString(new Snapshot { Time = default, Tree = s_tree }.Encode()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"tree":"ID"}""")]
    [InlineData("""{"time":"TIME"}""")]
    [InlineData("""{"time":"TIME","tree":null}""")]
    [InlineData("""{"time":"TIME","tree":"0000000000000000000000000000000000000000000000000000000000000000"}""")]
    [InlineData("""{"time":null,"tree":"ID"}""")]
    [InlineData("""{"time":"yesterday","tree":"ID"}""")]
    [InlineData("""{"time":"TIME","tree":"ID","parent":null}""")]
    [InlineData("""{"time":"TIME","tree":"ID","hostname":1}""")]
    [InlineData("""{"time":"TIME","tree":"ID","uid":-1}""")]
    [InlineData("""{"time":"TIME","tree":"ID","uid":"1"}""")]
    [InlineData("""{"time":"TIME","tree":"ID","gid":null}""")]
    [InlineData("""{"time":"TIME","tree":"ID","paths":"/a"}""")]
    [InlineData("""{"time":"TIME","tree":"ID","tags":[1]}""")]
    [InlineData("""{"time":"TIME","tree":"ID","summary":[]}""")]
    [InlineData("""{"time":"TIME","tree":"ID","summary":{"files_new":1.5}}""")]
    [InlineData("""{"time":"TIME","tree":"ID"}{}""")]
    [InlineData("""{"time":"TIME","tree":"ID",}""")]
    public void Something_else_than_a_snapshot_is_refused(string json) => Assert.Throws<JsonException>(
        () => Snapshot.Decode(Encoding.UTF8.GetBytes(WithValues(json)), default));

    [Theory]
    [InlineData("""{"time":"TIME","tree":"ID"}""")]
    [InlineData("""{"tree":"ID","tags":null,"time":"TIME","summary":null,"hostname":null,"Time":7}""")]
    [InlineData("""{"time":"2000-01-01T00:00:00Z","time":"TIME","tree":"ID","summary":{"unknown":[{}]}}""")]
    public void What_a_snapshot_need_not_have_may_be_missing(string json)
    {
        Snapshot snapshot = Snapshot.Decode(Encoding.UTF8.GetBytes(WithValues(json)), default);

        Assert.Equal(new FileTimestamp(1, 0, 0), snapshot.Time);
        Assert.Empty(snapshot.Paths);
        Assert.Null(snapshot.Tags);
        Assert.Null(snapshot.HostName);
    }

    private static string WithValues(string json) =>
        json.Replace("TIME", "1970-01-01T00:00:01Z").Replace("ID", s_tree.ToString());
}
