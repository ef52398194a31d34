# Script blocks that are re-created in the session state of the test files, so that each run of one opens a scope there and
# what a setup sets is seen by the tests below it. Their own variables have names that no test uses.

function New-Invokers([System.Management.Automation.SessionState]$SessionState) {
    $sources = @{
        # The data of a -ForEach, as variables and as $_, then the body.
        Discover = {
            param($______item, $______body)
            foreach ($______pair in @(if ($______item.Value -is [hashtable]) { $______item.Value.GetEnumerator() })) {
                $ExecutionContext.SessionState.PSVariable.Set($______pair.Key, $______pair.Value)
            }

            if ($______item.HasValue) {
                $_ = $______item.Value
            }

            . $______body
        }

        Block = {
            param($______item, $______block, $______children, $______drive)
            foreach ($______pair in @(if ($______item.Value -is [hashtable]) { $______item.Value.GetEnumerator() })) {
                $ExecutionContext.SessionState.PSVariable.Set($______pair.Key, $______pair.Value)
            }

            if ($______item.HasValue) {
                $_ = $______item.Value
            }

            $TestDrive = $______drive
            try {
                foreach ($______step in $______block.BeforeAll) {
                    . $______step
                }

                & $______children $______block
            }
            finally {
                foreach ($______step in $______block.AfterAll) {
                    . $______step
                }
            }
        }

        Test = {
            param($______item, $______before, $______body, $______after)
            foreach ($______pair in @(if ($______item.Value -is [hashtable]) { $______item.Value.GetEnumerator() })) {
                $ExecutionContext.SessionState.PSVariable.Set($______pair.Key, $______pair.Value)
            }

            if ($______item.HasValue) {
                $_ = $______item.Value
            }

            try {
                foreach ($______step in $______before) {
                    . $______step
                }

                . $______body
            }
            finally {
                foreach ($______step in $______after) {
                    . $______step
                }
            }
        }

        File = { param($______path) & $______path }
    }

    $invokers = @{}
    foreach ($name in $sources.Keys) {
        $invokers[$name] = ConvertTo-BoundBlock $sources[$name] $SessionState
    }

    $invokers
}

# A parsed block belongs to no session state yet, and a literal in it to the one that it runs in.
function ConvertTo-BoundBlock([scriptblock]$Block, [System.Management.Automation.SessionState]$SessionState) {
    $literal = [System.Management.Automation.Language.Parser]::ParseInput("{$Block}", [ref]$null, [ref]$null)
    $SessionState.InvokeCommand.InvokeScript($SessionState, $literal.GetScriptBlock(), @())[0]
}
