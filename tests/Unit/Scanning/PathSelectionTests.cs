using BackupModule.Core.Scanning;
using Xunit;

namespace BackupModule.Tests.Scanning;

public sealed class PathSelectionTests
{
    [Fact]
    public void Without_patterns_everything_is_selected()
    {
        Assert.True(PathSelection.All.IsAll);
        Assert.True(PathSelection.All.Selects("/a"));
        Assert.True(PathSelection.All.MayContainSelected("/"));
    }

    [Fact]
    public void An_included_directory_brings_all_below_it()
    {
        PathSelection selection = new(["/var/www"], []);

        Assert.True(selection.Selects("/var/www"));
        Assert.True(selection.Selects("/var/www/shop/x"));
        Assert.False(selection.Selects("/var"));
        Assert.True(selection.MayContainSelected("/var"));
        Assert.False(selection.MayContainSelected("/etc"));
    }

    [Fact]
    public void What_is_excluded_is_not_selected_though_it_is_included()
    {
        PathSelection selection = new(["/var"], ["*.LOG", "cache"], ignoreCase: true);

        Assert.True(selection.Selects("/var/a"));
        Assert.False(selection.Selects("/var/a.log"));
        Assert.False(selection.MayContainSelected("/var/cache"));
    }
}
