<?php echo "Hello from ", $_SERVER['REQUEST_URI'], "\n";
